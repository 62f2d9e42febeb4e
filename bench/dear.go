package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
)

const (
	// stored is the size of a stored heavy value: limits.max_event is 16 MiB, which includes the rest of the event.
	stored  = 16<<20 - 4<<10
	readers = 8 // at the same time
)

// measureDear stores each shape in the maximum size, and reads it in every way that shows it.
func measureDear(ctx context.Context, o options, r *report) error {
	shapes, err := o.hostile.chosenShapes()
	if err != nil {
		return err
	}
	t := r.newComparison(fmt.Sprintf("one event of %.1f MB of each shape, each on a server that has just started. Its generation is read with up to %d pages of each list that goes on. "+
		"Memory is the growth from before to the peak", stored/1e6, mostPages),
		"body", "trace: answer, MB", "processor time, s", "memory, MB",
		"generation: answers", "largest, MB", "the dearest one's processor time, s", "memory, MB",
		"8 readers: processor time of one, s", "memory of all, MB", "not answered")
	var seconds, memory, memoryOfAll float64
	for _, s := range shapes {
		for _, property := range []string{"$ai_input", "$ai_output_choices"} {
			read, err := o.readDear(ctx, newHeavyBody(s, property, stored, false))
			if err != nil {
				return fmt.Errorf("%s in %s: %w", s.Name, property, err)
			}
			failed := 0
			for _, r := range read {
				if r.failed != nil {
					fmt.Fprintf(os.Stderr, "%s in %s: %v\n", s.Name, property, r.failed)
					failed++
				}
			}
			trace, generation, all := read[0], read[1], read[2]
			t.add(fmt.Sprintf("%s in %s", s.Name, property), trace.largestMB, trace.dearest, trace.grownMB,
				float64(generation.answers), generation.largestMB, generation.dearest, generation.grownMB, all.cpu/readers, all.grownMB, fmt.Sprintf("%d of 3", failed))
			seconds = max(seconds, trace.dearest, generation.dearest, all.cpu/readers)
			memory, memoryOfAll = max(memory, trace.grownMB, generation.grownMB), max(memoryOfAll, all.grownMB)
			if err := r.write(o.out); err != nil {
				return err
			}
		}
	}
	r.add("the dearest stored event: processor time of one answer", seconds, "s", "1 at most", below)
	r.add("the dearest stored event: memory of one reader", memory, "MB", "100 at most", below)
	r.add("the dearest stored event: memory of eight readers", memoryOfAll, "MB", "", below)
	return nil
}

// readDear stores a body's event and reads its trace, its generation, and both with many readers at the same time.
func (o options) readDear(ctx context.Context, b *heavyBody) (read []*reading, err error) {
	s, err := o.holding(ctx, b)
	if err != nil {
		return nil, err
	}
	defer func() { _ = s.close() }()
	e := storedEvent(0)
	for _, do := range []func(*reading) error{
		func(r *reading) error { return r.readTrace(ctx, s, e) },
		func(r *reading) error { return r.readGeneration(ctx, s, e) },
		func(r *reading) error {
			return atOnce(readers, func(i int) error {
				if i%2 == 0 {
					return r.readTrace(ctx, s, e)
				}
				return r.readGeneration(ctx, s, e)
			})
		},
	} {
		r, err := s.measured(ctx, do)
		if err != nil {
			return nil, err
		}
		read = append(read, r)
	}
	return read, nil
}

// holding is a new server that has stored one event.
func (o options) holding(ctx context.Context, b *heavyBody) (*server, error) {
	args, err := o.hostile.args()
	if err != nil {
		return nil, err
	}
	s, err := startEmpty(ctx, o, "dear", args...)
	if err != nil {
		return nil, err
	}
	status, err := send(ctx, http.DefaultClient, s, b.request(0))
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("storing it was answered %d", status)
	}
	if err != nil {
		_ = s.close()
		return nil, err
	}
	// A restart releases the memory that storing used.
	if err := s.stop(); err != nil {
		_ = s.close()
		return nil, err
	}
	return start(ctx, o, s.dir, args...)
}

// measured measures the cost of reading, whether it succeeds or not.
func (s *server) measured(ctx context.Context, do func(*reading) error) (*reading, error) {
	s.calm(ctx)
	if err := s.forgetPeak(); err != nil {
		return nil, err
	}
	before, cpu := s.residentMB(), s.cpuSeconds()
	watched := s.watchPeak(ctx)
	r := &reading{}
	r.failed = do(r)
	s.calm(ctx)
	peak, used := watched()
	if s.dead() {
		return nil, errors.New("the server died")
	}
	r.cpu, r.grownMB = used-cpu, peak-before
	return r, ctx.Err()
}
