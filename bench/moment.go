package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
)

// measureMoment stores a recording of an hour, with a full snapshot every five minutes as posthog-js takes them, and reads moments of it.
func measureMoment(ctx context.Context, o options, r *report) error {
	m, err := loadMinute()
	if err != nil {
		return err
	}
	s, err := startEmpty(ctx, o, "moment")
	if err != nil {
		return err
	}
	defer func() { _ = s.close() }()
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
