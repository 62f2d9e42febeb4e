package main

import (
	"context"
	"fmt"
	"time"
)

const (
	loadMemoryGoal = "600 at most"
	idleMemoryGoal = "150 at most"
)

// measureMemory measures the memory of a server under load, a minute after it, and after a restart with the same data.
func measureMemory(ctx context.Context, o options, r *report) error {
	s, err := startEmpty(ctx, o, "memory")
	if err != nil {
		return err
	}
	defer func() { _ = s.close() }()
	data, batches := o.eventData(), makeBatches(o)
	anonymous := most(ctx, s.anonymousMB)
	if _, err := sendEvents(ctx, o, s.client, batches); err != nil {
		return err
	}
	r.add("under load: most memory", s.peakMB(), "MB", loadMemoryGoal, data)
	r.add("under load: most memory of its own, without pages of files", anonymous(), "MB", "", data)
	if err := s.idle(ctx, r, "a minute after the load", time.Minute, data); err != nil {
		return err
	}
	if err := s.stop(); err != nil {
		return fmt.Errorf("stop: %w", err)
	}
	again, err := start(ctx, o, s.dir)
	if err != nil {
		return err
	}
	defer again.kill()
	if err := again.idle(ctx, r, "started with the data", 10*time.Second, data); err != nil {
		return err
	}
	for _, read := range []string{"/api/traces", "/api/generations?q=zyzzyva", sumsByDay(time.Now(), "").path(0)} {
		if _, err := again.getJSON(ctx, read, nil); err != nil {
			return err
		}
	}
	return again.idle(ctx, r, "a minute after lists, a search and a sum", time.Minute, data)
}

// idle waits and reports the server's memory then.
func (s *server) idle(ctx context.Context, r *report, when string, wait time.Duration, data string) error {
	select {
	case <-time.After(wait):
	case <-ctx.Done():
		return ctx.Err()
	}
	r.add("idle, "+when+": memory", s.residentMB(), "MB", idleMemoryGoal, data)
	r.add("idle, "+when+": memory of its own, without pages of files", s.anonymousMB(), "MB", "", data)
	return nil
}

// most reads a number repeatedly; the returned function returns the largest value.
func most(ctx context.Context, read func() float64) func() float64 {
	ctx, stop := context.WithCancel(ctx)
	seen := make(chan float64, 1)
	go func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for largest := read(); ; largest = max(largest, read()) {
			select {
			case <-tick.C:
			case <-ctx.Done():
				seen <- max(largest, read())
				return
			}
		}
	}()
	return func() float64 {
		stop()
		return <-seen
	}
}
