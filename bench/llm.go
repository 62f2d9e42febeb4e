package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// measureLLM sends LLM events as fast as the server accepts them, then reads them, and then restarts the server.
func measureLLM(ctx context.Context, o options, r *report) error {
	s, err := startEmpty(ctx, o, "llm")
	if err != nil {
		return err
	}
	defer func() { _ = s.close() }()
	time.Sleep(2 * time.Second)
	r.add("idle, empty: memory", s.residentMB(), "MB", "150 at most", "no data")

	data := o.eventData()
	batches := makeBatches(o)
	cpu := s.cpuSeconds()
	sent, err := sendEvents(ctx, o, s.client, batches)
	if err != nil {
		return err
	}
	r.add("LLM events, acknowledged durably", sent.perSecond(), "events/s", "15,000 or more", data)
	asked := time.Now()
	t, err := s.totals(ctx)
	if err != nil {
		return err
	}
	if t.Generations != sent.count {
		return fmt.Errorf("%d generations acknowledged, %d queryable", sent.count, t.Generations)
	}
	stored := float64(sent.count)
	r.add("all of them queryable after the last acknowledgement", float64(time.Since(asked).Microseconds())/1000, "ms", "", "count over the API equals the count sent")
	r.add("LLM events: server's processor time", (s.cpuSeconds()-cpu)/stored*1e6, "µs/event", "", data)
	r.add("LLM events: answered 503 and sent again", float64(sent.retries), "requests", "", data)
	r.add("LLM events: peak memory under load", s.peakMB(), "MB", "1,024 at most", data)

	for _, read := range eventReads(o) {
		took, err := read.times(ctx, s.client)
		if err != nil {
			return err
		}
		r.addLatencies(read.name, took, read.goal, read.data)
	}
	time.Sleep(20 * time.Second)
	r.add("idle 20 s after load and reads: memory", s.residentMB(), "MB", "", data)
	begun := time.Now()
	if err := s.stop(); err != nil {
		return fmt.Errorf("stop: %w", err)
	}
	r.add("clean stop after load", time.Since(begun).Seconds(), "s", "", data)
	r.add("on disk", float64(size(s.data()))/stored, "B/event", "", data)
	return restart(ctx, o, r, s.dir, data)
}

// restart starts the server several times with the data in dir.
func restart(ctx context.Context, o options, r *report, dir, data string) error {
	var starts []time.Duration
	for i := range 5 {
		s, err := start(ctx, o, dir)
		if err != nil {
			return err
		}
		starts = append(starts, s.ready)
		time.Sleep(2 * time.Second)
		if i == 0 {
			r.add("idle after start with the data: memory", s.residentMB(), "MB", "150 at most", data)
			if _, err := s.getJSON(ctx, "/api/traces", nil); err != nil {
				return err
			}
			time.Sleep(10 * time.Second)
			r.add("idle 10 s after one page of traces: memory", s.residentMB(), "MB", "", data)
		}
		if err := s.stop(); err != nil {
			return fmt.Errorf("stop: %w", err)
		}
	}
	r.addLatencies("start to ready with the data", starts, "1,000 at most", data)
	return nil
}

// sending is the result of a load.
type sending struct {
	// count is how many events were acknowledged, bytes how many bytes their bodies had on the wire.
	count, bytes int64
	// retries is how often a body was answered with 503 and sent again.
	retries int64
	took    time.Duration
}

func (s sending) perSecond() float64 { return float64(s.count) / s.took.Seconds() }

// makeBatches prepares the batches of each connection, because this takes longer than sending them.
func makeBatches(o options) []*batch { return batchesOf(o, newBatch) }

// makeLightBatches prepares batches of events without text, with other traces.
func makeLightBatches(o options) []*batch {
	return batchesOf(o, func(connection uint64, size int) *batch { return newLightBatch(1<<16+connection, size) })
}

func batchesOf(o options, one func(connection uint64, size int) *batch) []*batch {
	all := make([]*batch, o.connections)
	_ = atOnce(o.connections, func(connection int) error {
		all[connection] = one(uint64(connection), batchSize)
		return nil
	})
	return all
}

// sendEvents sends o.events LLM events, the same number on each connection, so that all of their ids are known.
func sendEvents(ctx context.Context, o options, c *client, batches []*batch) (sending, error) {
	return sendBatches(ctx, o, c, "/batch/", "application/json", func(connection, n int) []byte {
		return batches[connection].next(time.Now().Add(-o.ago(n)))
	})
}

// sendBatches sends the body of each connection's nth batch, one after the other on each connection.
func sendBatches(ctx context.Context, o options, c *client, path, contentType string, body func(connection, n int) []byte) (sending, error) {
	var retries, bytes atomic.Int64
	begun := time.Now()
	err := atOnce(o.connections, func(connection int) error {
		for n := range o.batches() {
			made := body(connection, n)
			again, err := c.post(ctx, path, contentType, made)
			retries.Add(int64(again))
			bytes.Add(int64(len(made)))
			if err != nil {
				return err
			}
		}
		return nil
	})
	return sending{count: o.sends(), bytes: bytes.Load(), retries: retries.Load(), took: time.Since(begun)}, err
}

// atOnce runs do n times in parallel and returns the first error.
func atOnce(n int, do func(i int) error) error {
	failed := make(chan error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			if err := do(i); err != nil {
				failed <- err
			}
		})
	}
	wg.Wait()
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}
