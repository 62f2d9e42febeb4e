package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/zipf"
)

const (
	soakEvents     = 200 // LLM events a second
	soakRecordings = 20  // requests with recordings a second
	soakStep       = 10 * time.Second
	// soakFlat is by how much the values of the second half may differ from their median.
	soakFlat = 0.10
)

// sample is a server's memory at one time of a soak, in MB.
type sample struct {
	At       float64 `json:"at_s"`
	Resident float64 `json:"resident_mb"`
	Heap     float64 `json:"go_heap_mb"` // memory that Go has from the system and has not returned
	Log      float64 `json:"log_mb"`     // the part of the database's log that is not yet moved into its file
	Events   int64   `json:"events"`
}

// measureSoak sends a steady load for a long time and measures the memory, which must be flat in the second half.
func measureSoak(ctx context.Context, o options, r *report) error {
	s, err := startEmpty(ctx, o, "soak")
	if err != nil {
		return err
	}
	defer func() { _ = s.close() }()
	data := fmt.Sprintf("%v of %d LLM events/s, one a request, text of %d words by Zipf's law, lengths from 0.2 to 60 kB, and %d requests/s with recordings (bench/data/minute)",
		o.soak, soakEvents, zipf.Vocabulary, soakRecordings)
	cpu := s.cpuSeconds()
	all, acknowledged, err := s.soak(ctx, o.soak)
	if err != nil {
		return err
	}
	r.Series = all
	var resident []float64
	for _, one := range all {
		if one.At >= o.soak.Seconds()/2 {
			resident = append(resident, one.Resident)
		}
	}
	least, most := slices.Min(resident), slices.Max(resident)
	away := (most - least) / (most + least)
	r.add("soak: least memory in the second half", least, "MB", "", data)
	r.add("soak: most memory in the second half", most, "MB", "", data)
	r.add("soak: farthest from the middle of both", 100*away, "%", fmt.Sprintf("%.0f at most", 100*soakFlat), data)
	// Medians show growth without the seconds in which a checkpoint merges many rows.
	first, last := medianOf(resident[:len(resident)/2]), medianOf(resident[len(resident)/2:])
	r.add("soak: median of the last quarter against the third", 100*(last/first-1), "%", fmt.Sprintf("%.0f at most", 100*soakFlat), data)
	r.add("soak: most memory", s.peakMB(), "MB", "", data)
	r.add("soak: server's processor time", 100*(s.cpuSeconds()-cpu)/o.soak.Seconds(), "% of a core", "", data)
	t, err := s.totals(ctx)
	if err != nil {
		return err
	}
	if t.Generations != acknowledged {
		return fmt.Errorf("%d generations acknowledged, %d queryable", acknowledged, t.Generations)
	}
	r.add("soak: LLM events acknowledged and queryable", float64(t.Generations), "events", fmt.Sprintf("%.0f", soakEvents*o.soak.Seconds()), data)
	return nil
}

func medianOf(all []float64) float64 {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2]
}

// soak sends for a given time and takes a sample every soakStep.
func (s *server) soak(ctx context.Context, length time.Duration) (all []sample, acknowledged int64, err error) {
	ctx, cancel := context.WithTimeout(ctx, length)
	defer cancel()
	var sent atomic.Int64
	m, err := loadMinute()
	if err != nil {
		return nil, 0, err
	}
	err = allOrNone(cancel, append(s.steadyLoad(ctx, m, &sent), func() error { return s.watch(ctx, &sent, &all) })...)
	return all, sent.Load(), err
}

// steadyLoad are the senders of a load that continues until ctx ends. They count acknowledged events.
func (s *server) steadyLoad(ctx context.Context, m *minute, sent *atomic.Int64) []func() error {
	const connections = 4
	senders := []func() error{func() error { return s.soakRecordings(ctx, m) }}
	for i := range connections {
		senders = append(senders, func() error { return s.soakEvents(ctx, uint64(i), soakEvents/connections, sent) })
	}
	return senders
}

// allOrNone runs all functions in parallel, stops them if one fails, and returns its error.
func allOrNone(stop func(), all ...func() error) error {
	return atOnce(len(all), func(i int) error {
		err := all[i]()
		if err != nil {
			stop()
		}
		return err
	})
}

func (s *server) watch(ctx context.Context, sent *atomic.Int64, all *[]sample) error {
	begun := time.Now()
	return paced(ctx, soakStep, func() error {
		c, err := s.counters(context.WithoutCancel(ctx))
		if err != nil {
			return err
		}
		one := sample{
			At: time.Since(begun).Seconds(), Resident: s.residentMB(), Events: sent.Load(),
			Heap: (c["go_memstats_heap_sys_bytes"] - c["go_memstats_heap_released_bytes"]) / (1 << 20), Log: float64(size(s.data()+"/events.duckdb.wal")) / (1 << 20),
		}
		*all = append(*all, one)
		fmt.Printf("%6.0f s %6.0f MB resident, %4.0f MB of it Go's heap, log %4.0f MB, %d events\n", one.At, one.Resident, one.Heap, one.Log, one.Events)
		return nil
	})
}

func (s *server) soakEvents(ctx context.Context, sender uint64, perSecond int, sent *atomic.Int64) error {
	w, random := zipf.NewWriter(sender), rand.New(rand.NewPCG(sender, 8))
	return paced(ctx, time.Second/time.Duration(perSecond), func() error {
		_, err := s.post(context.WithoutCancel(ctx), "/batch/", "application/json", generation(w, random, time.Now()))
		if err == nil {
			sent.Add(1)
		}
		return err
	})
}

// generation is a request with one $ai_generation of one of many persons, a few of whom are frequent.
func generation(w *zipf.Writer, random *rand.Rand, now time.Time) []byte {
	person := w.Rank()
	// A person's session lasts half an hour, a trace a minute.
	session, trace := derived(3, person, uint64(now.Unix()/1800)), derived(4, person, uint64(now.Unix()/60))
	return generationOf(w, random, now, fmt.Sprintf("user_%d", person), session, trace)
}

func generationOf(w *zipf.Writer, random *rand.Rand, now time.Time, person, session, trace string) []byte {
	raw, err := json.Marshal(map[string]any{
		"api_key": token, "sent_at": stamp(now),
		"batch": []any{map[string]any{
			"event": "$ai_generation", "uuid": uuid.NewString(), "distinct_id": person, "timestamp": stamp(now),
			"properties": map[string]any{
				"$ai_provider": "openai", "$ai_model": "gpt-5-mini", "$ai_latency": 0.4 + 3*random.Float64(), "$ai_http_status": 200,
				"$ai_input": []any{
					map[string]any{"role": "system", "content": w.Text(400)},
					map[string]any{"role": "user", "content": w.Text(w.Length(120))},
				},
				"$ai_output_choices": []any{map[string]any{"role": "assistant", "content": w.Text(w.Length(500))}},
				"$ai_input_tokens":   120 + random.IntN(400), "$ai_output_tokens": 20 + random.IntN(300),
				"$ai_trace_id": trace, "$session_id": session, "$lib": "posthog-python", "$lib_version": "7.42.0",
			},
		}},
	})
	if err != nil {
		panic(err) // the map above always marshals
	}
	return raw
}

// soakRecordings sends recorded minutes, each as its own session, one request after the other.
func (s *server) soakRecordings(ctx context.Context, m *minute) error {
	// Several sessions are sent at the same time, so that their requests are mixed.
	var ready [][]byte
	random := rand.New(rand.NewPCG(5, 6))
	return paced(ctx, time.Second/soakRecordings, func() error {
		for len(ready) < 4*len(m.bodies) {
			again, err := m.again(uuid.NewString(), uuid.NewString(), time.Now().UnixMilli()-m.endMS)
			if err != nil {
				return err
			}
			ready = append(ready, again...)
		}
		i := random.IntN(len(ready))
		body := ready[i]
		ready[i] = ready[len(ready)-1]
		ready = ready[:len(ready)-1]
		_, err := s.post(context.WithoutCancel(ctx), "/s/", "text/plain", body)
		return err
	})
}

// paced calls do at a fixed interval until ctx ends. When a call is more than a second late, the missed calls are skipped, so that the load is steady.
func paced(ctx context.Context, every time.Duration, do func() error) error {
	next := time.Now()
	for {
		t := time.NewTimer(time.Until(next))
		select {
		case <-ctx.Done():
			t.Stop()
			return nil
		case <-t.C:
		}
		if err := do(); err != nil {
			return err
		}
		next = next.Add(every)
		if late := time.Since(next); late > time.Second {
			next = time.Now()
		}
	}
}
