package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
)

// minute has the data of one minute of a real session: the bodies of its POST /s/ requests, decoded (see record/record.mjs).
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
	if err != nil {
		return nil, fmt.Errorf("list bench/data/minute: %w", err)
	}
	if len(files) == 0 {
		return nil, errors.New("no data in bench/data/minute: run this from the repository's root")
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

// again returns the minute's request bodies (gzip) as if another session had sent them, shifted in time.
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

// recordings are request bodies, each of which is sent once.
type recordings struct {
	bodies [][]byte
	// minutes is the number of recorded minutes, wire their size as sent, decoded their size without the outer gzip, and blocks the number of their
	// blocks.
	minutes, wire, decoded, blocks int64
}

// mixed is how many sessions are sent at the same time, each in its own order, as their browsers would.
const mixed = 64

// makeRecordings makes a given number of bytes of recorded minutes, each as its own session, with several sessions mixed. This is done before the
// clock starts: compressing is the browsers' work, not the server's.
func makeRecordings(wire int64) (*recordings, error) {
	m, err := loadMinute()
	if err != nil {
		return nil, err
	}
	now := time.Now().UnixMilli()
	r := &recordings{}
	for r.wire < wire {
		var sessions [][][]byte
		for len(sessions) < mixed {
			again, err := m.again(uuid.NewString(), uuid.NewString(), now-m.endMS)
			if err != nil {
				return nil, err
			}
			r.minutes++
			sessions = append(sessions, again)
		}
		for i := range m.bodies {
			for _, bodies := range sessions {
				r.bodies = append(r.bodies, bodies[i])
				r.wire += int64(len(bodies[i]))
				r.decoded += int64(len(m.bodies[i]))
				r.blocks += int64(bytes.Count(m.bodies[i], []byte(`"event":"$snapshot"`)))
			}
		}
	}
	return r, nil
}

// sendRecordings sends recordings from o.browsers connections, either all of them or as many as possible in the given time.
func sendRecordings(ctx context.Context, o options, c *client, all *recordings, within time.Duration) (sending, error) {
	var next, count, sent, retries atomic.Int64
	begun := time.Now()
	err := atOnce(o.browsers, func(int) error {
		for time.Since(begun) < within {
			i := int(next.Add(1)) - 1
			if i >= len(all.bodies) {
				return nil
			}
			n, err := c.post(ctx, "/s/", "text/plain", all.bodies[i])
			retries.Add(int64(n))
			if err != nil {
				return err
			}
			count.Add(1)
			sent.Add(int64(len(all.bodies[i])))
		}
		return nil
	})
	return sending{count: count.Load(), bytes: sent.Load(), retries: retries.Load(), took: time.Since(begun)}, err
}

// measureRecordings sends recorded minutes of many sessions as fast as the server accepts them.
func measureRecordings(ctx context.Context, o options, r *report) error {
	all, err := makeRecordings(int64(40e6 * o.recordFor.Seconds()))
	if err != nil {
		return err
	}
	s, err := startEmpty(ctx, o, "recordings")
	if err != nil {
		return err
	}
	defer func() { _ = s.close() }()
	data := o.recordingData()
	cpu := s.cpuSeconds()
	sent, err := sendRecordings(ctx, o, s.client, all, o.recordFor)
	if err != nil {
		return err
	}
	mb := float64(sent.bytes) / 1e6
	r.add("recordings, wire bytes acknowledged durably", mb/sent.took.Seconds(), "MB/s", "20 or more", data)
	r.add("recordings: JSON inside the gzip bodies", mb/sent.took.Seconds()*float64(all.decoded)/float64(all.wire), "MB/s", "", data)
	r.add("recordings: server's processor time", (s.cpuSeconds()-cpu)/mb*1000, "ms/MB", "", data)
	r.add("recordings: answered 503 and sent again", float64(sent.retries), "requests", "", data)
	took, err := activityDerived(ctx, s.client)
	if err != nil {
		return err
	}
	took += sent.took
	r.add("recordings, wire bytes with activity derived", mb/took.Seconds(), "MB/s", "20 or more", data)
	r.add("recordings: server's processor time with activity derived", (s.cpuSeconds()-cpu)/mb*1000, "ms/MB", "", data)
	r.add("recordings: peak memory under load", s.peakMB(), "MB", "1,024 at most", data)
	if err := s.stop(); err != nil {
		return fmt.Errorf("stop: %w", err)
	}
	r.add("recordings: on disk", float64(size(s.data()))/float64(sent.bytes), "B per wire byte", "", data)
	return nil
}

// activityDerived waits until the activity of all sent recordings is stored.
func activityDerived(ctx context.Context, c *client) (took time.Duration, err error) {
	for begun := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		now, err := c.counters(ctx)
		if err != nil {
			return 0, err
		}
		if now["playhead_activity_waiting"] == 0 && now["playhead_activity_rows_total"] > 0 {
			return time.Since(begun), nil
		}
		if time.Since(begun) > 10*time.Minute {
			return 0, fmt.Errorf("%v blocks are still without activity after 10 minutes", now["playhead_activity_waiting"])
		}
	}
}

// size is the size of the files below dir in bytes.
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
