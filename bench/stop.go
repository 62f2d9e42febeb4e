package main

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptrace"
	"sync"
	"syscall"
	"time"
)

const (
	// stopsWithin is how long a server may take to stop, in seconds, and stopPatience how long the bench waits.
	stopsWithin  = 10
	stopPatience = time.Minute
)

// measureStop tells a server to stop while eight attackers keep it busy, with each attack and with eight readers of each heavy event.
func measureStop(ctx context.Context, o options, r *report) error {
	attacks, err := chosen(allAttacks(o.hostile.bodyMB*1e6), o.hostile.attacks, func(a attack) string { return a.name })
	if err != nil {
		return err
	}
	shapes, err := o.hostile.chosenShapes()
	if err != nil {
		return err
	}
	t := r.newComparison("SIGTERM while eight attackers, or readers of a stored event, are under way and go on", "under way", "ended after, s", "exit", "processor time after it, s")
	worst, disorderly := 0.0, 0
	row := func(name string, s *server, under func(ctx context.Context, begun func())) error {
		defer func() { _ = s.close() }()
		took, exit, cpu := s.stopUnder(ctx, under)
		t.add(name, took.Seconds(), exit, cpu)
		worst = max(worst, took.Seconds())
		if exit != "exit status 0" {
			disorderly++
		}
		return ctx.Err()
	}
	args, err := o.hostile.args()
	if err != nil {
		return err
	}
	for _, a := range attacks {
		run := a.prepare()
		s, err := startEmpty(ctx, o, "stop", args...)
		if err != nil {
			return err
		}
		if err := row(a.name, s, func(ctx context.Context, begun func()) { run(ctx, newAttackers(s, 1), begun) }); err != nil {
			return err
		}
	}
	for _, one := range shapes {
		s, err := o.holding(ctx, newHeavyBody(one, "$ai_input", stored, false))
		if err != nil {
			return err
		}
		if err := row("readers of "+one.Name, s, func(ctx context.Context, begun func()) { s.readUntil(ctx, storedEvent(0), begun) }); err != nil {
			return err
		}
	}
	r.add("stopping under attack: the longest", worst, "s", fmt.Sprintf("%d at most", stopsWithin), below)
	r.add("stopping under attack: ends that were not in order", float64(disorderly), "of all", "0", below)
	return nil
}

// readUntil reads an event repeatedly on eight connections until ctx ends. It calls begun when each of them has sent a request.
func (s *server) readUntil(ctx context.Context, e storedEvent, begun func()) {
	underWay := wave(readers, begun)
	_ = atOnce(readers, func(i int) error {
		first := sync.OnceFunc(underWay)
		traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) { first() }})
		for ctx.Err() == nil {
			r := &reading{}
			if err := errors.Join(r.readGeneration(traced, s, e), r.readTrace(traced, s, e)); err != nil {
				select {
				case <-time.After(attackEvery):
				case <-ctx.Done():
				}
			}
		}
		return nil
	})
}

// stopUnder sends SIGTERM while a load continues, which ends when the server has ended.
func (s *server) stopUnder(ctx context.Context, under func(ctx context.Context, begun func())) (took time.Duration, exit string, cpu float64) {
	ctx, cancel := context.WithCancel(ctx)
	var busy sync.WaitGroup
	begun := make(chan struct{})
	busy.Go(func() { under(ctx, func() { close(begun) }) })
	defer busy.Wait()
	defer cancel()
	select {
	case <-begun:
	case <-s.ended:
	case <-ctx.Done():
	}
	if s.dead() {
		return 0, "died before", 0
	}
	watched, before := s.watchPeak(ctx), s.cpuSeconds()
	asked := time.Now()
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.ended:
		exit = s.cmd.ProcessState.String()
	case <-time.After(stopPatience):
		s.kill()
		exit = "killed"
	}
	took = time.Since(asked)
	_, used := watched()
	return took, exit, used - before
}
