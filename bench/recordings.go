package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
)

// minute is what one minute of a real session sent: the bodies of its POST /s/ requests, decoded (see record/record.mjs).
type minute struct {
	bodies          [][]byte
	session, window []byte
	endMS           int64
}

var (
	uuidField      = regexp.MustCompile(`"uuid":"[0-9a-f-]{36}"`)
	sessionField   = regexp.MustCompile(`"\$session_id":"([0-9a-f-]{36})"`)
	windowField    = regexp.MustCompile(`"\$window_id":"([0-9a-f-]{36})"`)
	timestampField = regexp.MustCompile(`"timestamp":1[0-9]{12}\b`)
	tokenField     = regexp.MustCompile(`"token":"phc_[^"]*"`)
)

func loadMinute() (*minute, error) {
	files, err := filepath.Glob("bench/data/minute/*.gz")
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("no data in bench/data/minute: run this from the repository's root (%v)", err)
	}
	m := &minute{}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		z, err := gzip.NewReader(bytes.NewReader(raw))
		if err != nil {
			return nil, err
		}
		body, err := io.ReadAll(z)
		if err != nil {
			return nil, err
		}
		m.bodies = append(m.bodies, tokenField.ReplaceAll(body, []byte(`"token":"`+token+`"`)))
		for _, at := range timestampField.FindAll(body, -1) {
			ms, _ := strconv.ParseInt(string(at[len(`"timestamp":`):]), 10, 64)
			m.endMS = max(m.endMS, ms)
		}
	}
	s, w := sessionField.FindSubmatch(m.bodies[0]), windowField.FindSubmatch(m.bodies[0])
	if s == nil || w == nil {
		return nil, fmt.Errorf("the recorded data name no session")
	}
	m.session, m.window = s[1], w[1]
	return m, nil
}

// again returns the minute's request bodies (gzip) as another session would have sent them, shifted in time.
func (m *minute) again(session, window string, shiftMS int64) ([][]byte, error) {
	var out [][]byte
	for _, body := range m.bodies {
		body = bytes.ReplaceAll(body, m.session, []byte(session))
		body = bytes.ReplaceAll(body, m.window, []byte(window))
		body = uuidField.ReplaceAllFunc(body, func([]byte) []byte { return []byte(`"uuid":"` + uuid.NewString() + `"`) })
		body = timestampField.ReplaceAllFunc(body, func(at []byte) []byte {
			ms, _ := strconv.ParseInt(string(at[len(`"timestamp":`):]), 10, 64)
			return strconv.AppendInt([]byte(`"timestamp":`), ms+shiftMS, 10)
		})
		var z bytes.Buffer
		w := gzip.NewWriter(&z)
		if _, err := w.Write(body); err != nil {
			return nil, err
		}
		if err := w.Close(); err != nil {
			return nil, err
		}
		out = append(out, z.Bytes())
	}
	return out, nil
}

// measureRecordings sends recorded minutes of many sessions as fast as the server takes them.
func measureRecordings(ctx context.Context, o options, r *report) error {
	m, err := loadMinute()
	if err != nil {
		return err
	}
	// Built before the clock starts: compressing is the browser's work, not the server's. Each goes out once.
	now := time.Now().UnixMilli()
	var bodies [][]byte
	var wire, decoded int64
	goal := int64(40e6 * o.recordFor.Seconds())
	for wire < goal {
		again, err := m.again(uuid.NewString(), uuid.NewString(), now-m.endMS)
		if err != nil {
			return err
		}
		for i, b := range again {
			bodies = append(bodies, b)
			wire += int64(len(b))
			decoded += int64(len(m.bodies[i]))
		}
	}
	rand.New(rand.NewPCG(3, 4)).Shuffle(len(bodies), func(i, j int) { bodies[i], bodies[j] = bodies[j], bodies[i] })

	s, dir, err := startEmpty(ctx, o, "recordings")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	data := fmt.Sprintf("minutes of a busy page from posthog-js (bench/data/minute), gzip, %d connections", o.browsers)
	var next, sent, retries atomic.Int64
	begun, cpu := time.Now(), s.cpuSeconds()
	var wg sync.WaitGroup
	failed := make(chan error, o.browsers)
	for range o.browsers {
		wg.Go(func() {
			for time.Since(begun) < o.recordFor {
				i := int(next.Add(1)) - 1
				if i >= len(bodies) {
					return
				}
				n, err := s.post(ctx, "/s/", "text/plain", bodies[i])
				retries.Add(int64(n))
				if err != nil {
					failed <- err
					return
				}
				sent.Add(int64(len(bodies[i])))
			}
		})
	}
	wg.Wait()
	took := time.Since(begun).Seconds()
	select {
	case err := <-failed:
		return err
	default:
	}
	mb := float64(sent.Load()) / 1e6
	r.add("recordings, wire bytes acknowledged durably", mb/took, "MB/s", "20 or more", data)
	r.add("recordings: JSON inside the gzip bodies", mb/took*float64(decoded)/float64(wire), "MB/s", "", data)
	r.add("recordings: server's processor time", (s.cpuSeconds()-cpu)/mb*1000, "ms/MB", "", data)
	r.add("recordings: answered 503 and sent again", float64(retries.Load()), "requests", "", data)
	r.add("recordings: peak memory under load", s.peakMB(), "MB", "1,024 at most", data)
	if err := s.stop(); err != nil {
		return fmt.Errorf("stop: %w", err)
	}
	r.add("recordings: on disk", float64(size(dir))/float64(sent.Load()), "B per wire byte", "", data)
	return nil
}

// measureMoment stores one recording of an hour, with a full snapshot every five minutes as posthog-js takes them, and
// reads moments of it.
func measureMoment(ctx context.Context, o options, r *report) error {
	m, err := loadMinute()
	if err != nil {
		return err
	}
	s, dir, err := startEmpty(ctx, o, "moment")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	const minutes = 60
	session, window := uuid.NewString(), uuid.NewString()
	first := time.Now().Add(-(minutes + 1) * time.Minute).UnixMilli()
	var wire int
	for i := range int64(minutes) {
		bodies, err := m.again(session, window, first+(i+1)*60_000-m.endMS)
		if err != nil {
			return err
		}
		if i%5 != 0 {
			bodies = bodies[1:] // the first holds the full snapshot
		}
		for _, b := range bodies {
			wire += len(b)
			if _, err := s.post(ctx, "/s/", "text/plain", b); err != nil {
				return err
			}
		}
	}
	random := rand.New(rand.NewPCG(5, 6))
	var took, until []time.Duration
	var bytesRead int
	for range o.reads {
		t := first + 60_000 + random.Int64N((minutes-1)*60_000)
		for _, part := range []struct {
			took *[]time.Duration
			end  int64
		}{{&until, t + 1}, {&took, t + 10_000}} {
			path := fmt.Sprintf("/api/sessions/%s/snapshots?window=%s&t=%d&until=%d", session, window, t, part.end)
			begun := time.Now()
			status, raw, err := s.get(ctx, path)
			if err != nil {
				return err
			}
			if status != 200 || len(raw) == 0 {
				return fmt.Errorf("GET %s: %d: %.200s", path, status, raw)
			}
			*part.took = append(*part.took, time.Since(begun))
			bytesRead += len(raw)
		}
	}
	data := fmt.Sprintf("one hour of a busy page, %.0f MB on the wire, a full snapshot every 5 minutes; random moments, %.1f MB read on average",
		float64(wire)/1e6, float64(bytesRead)/float64(2*o.reads)/1e6)
	r.addLatencies("a moment: from its snapshot to it", until, "100 at most", data)
	r.addLatencies("a moment and the ten seconds after it", took, "", data)
	return s.stop()
}

// size is how many bytes the files below dir take.
func size(dir string) int64 {
	var total int64
	_ = filepath.Walk(dir, func(_ string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().IsRegular() {
			total += info.Size()
		}
		return nil
	})
	return total
}
