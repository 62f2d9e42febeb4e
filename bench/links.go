package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/zipf"
)

const (
	// probeEvery is how often the part links sends an event for whose link it waits. pollEvery is how often it checks for links.
	probeEvery = 500 * time.Millisecond
	pollEvery  = 100 * time.Millisecond
	// linkPatience is how long a link may take before the part fails.
	linkPatience = 30 * time.Second
	// polled is the maximum number of links that are checked at once.
	polled = 100
)

// probes are events with recordings for whose links the part waits. Its methods are safe for concurrent use.
type probes struct {
	server *server
	mu     sync.Mutex
	// waiting is, by trace, when the last part of an event and its recording was acknowledged. late are the traces whose recording was sent after their
	// event.
	waiting map[string]time.Time
	late    map[string]bool
	// took are the delays of events whose recording was sent before, and of those whose recording was sent after.
	took [2][]time.Duration
}

// measureLinks measures, under a steady load, how long after the last acknowledgement a list filtered by link finds an event.
func measureLinks(ctx context.Context, o options, r *report) error {
	s, err := startEmpty(ctx, o, "links")
	if err != nil {
		return err
	}
	defer func() { _ = s.close() }()
	data := fmt.Sprintf("%v of %d LLM events/s, one a request, and %d requests/s with recordings (bench/data/minute); of %.0f events more a second the link is asked for every %v, all with one request",
		o.linksFor, soakEvents, soakRecordings, float64(time.Second/probeEvery), pollEvery)
	p, sent, err := s.probe(ctx, o.linksFor)
	if err != nil {
		return err
	}
	r.add("links: LLM events, acknowledged durably", float64(sent)/o.linksFor.Seconds(), "events/s", fmt.Sprint(soakEvents), data)
	for i, what := range []string{"from an event's acknowledgement to its stored link", "from the acknowledgement of a recording that comes after its event to the stored link"} {
		median, p95 := percentiles(p.took[i])
		of := fmt.Sprintf("%s; %d links", data, len(p.took[i]))
		r.add(what+", median", median/1000, "s", "", of)
		r.add(what+", p95", p95/1000, "s", "", of)
		r.add(what+", longest", slices.Max(p.took[i]).Seconds(), "s", "5 at most", of)
	}
	return nil
}

// probe sends for a given time, and waits until everything that it sent is linked.
func (s *server) probe(ctx context.Context, length time.Duration) (*probes, int64, error) {
	m, err := loadMinute()
	if err != nil {
		return nil, 0, err
	}
	p := &probes{server: s, waiting: map[string]time.Time{}, late: map[string]bool{}}
	var sent atomic.Int64
	loaded, stop := context.WithTimeout(ctx, length)
	defer stop()
	polling, end := context.WithCancel(ctx)
	defer end()
	err = allOrNone(func() { stop(); end() },
		func() error {
			defer end() // when everything is sent and linked, or the time limit has passed
			if err := allOrNone(stop, append(s.steadyLoad(loaded, m, &sent), func() error { return p.send(loaded, m) })...); err != nil {
				return err
			}
			return p.wait(polling)
		},
		func() error { return paced(polling, pollEvery, func() error { return p.poll(ctx) }) },
	)
	return p, sent.Load(), err
}

// send sends events and their recordings, in both orders, until ctx ends; at least one of each.
func (p *probes) send(ctx context.Context, m *minute) error {
	// The beginning of a recording has a full snapshot of the page, which is enough for a link.
	beginning := *m
	beginning.bodies = m.bodies[:1]
	w, random := zipf.NewWriter(11), rand.New(rand.NewPCG(11, 12))
	for late := false; ctx.Err() == nil || late; late = !late {
		t := time.NewTimer(probeEvery)
		session, trace := uuid.NewString(), uuid.NewString()
		recording, err := beginning.again(session, uuid.NewString(), time.Now().UnixMilli()-m.endMS)
		if err != nil {
			return err
		}
		// A pair that was begun is completed, even if the load ends.
		all := context.WithoutCancel(ctx)
		parts := []func() error{
			func() error {
				_, err := p.server.post(all, "/s/", "text/plain", recording[0])
				return err
			},
			func() error {
				_, err := p.server.post(all, "/batch/", "application/json", generationOf(w, random, time.Now(), "user_of_"+session, session, trace))
				return err
			},
		}
		if late {
			slices.Reverse(parts)
		}
		for _, part := range parts {
			if err := part(); err != nil {
				return err
			}
		}
		p.mu.Lock()
		p.waiting[trace], p.late[trace] = time.Now(), late
		p.mu.Unlock()
		select {
		case <-t.C:
		case <-ctx.Done():
		}
	}
	return nil
}

// poll checks which of the waiting events are linked.
func (p *probes) poll(ctx context.Context) error {
	p.mu.Lock()
	var traces []string
	for trace := range p.waiting {
		if len(traces) < polled {
			traces = append(traces, trace)
		}
	}
	p.mu.Unlock()
	if len(traces) == 0 {
		return nil
	}
	path := "/api/generations?limit=500&q=" + url.QueryEscape("link:linked trace:"+strings.Join(traces, ","))
	status, raw, err := p.server.get(ctx, path)
	now := time.Now()
	if err != nil {
		return err
	}
	var list struct {
		Items []struct {
			TraceID string `json:"trace_id"`
		} `json:"items"`
	}
	if err := json.Unmarshal(raw, &list); err != nil || status != http.StatusOK {
		return fmt.Errorf("GET %s: %d: %.200s", path, status, raw)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, found := range list.Items {
		at, ok := p.waiting[found.TraceID]
		if !ok {
			continue
		}
		of := 0
		if p.late[found.TraceID] {
			of = 1
		}
		p.took[of] = append(p.took[of], now.Sub(at))
		delete(p.waiting, found.TraceID)
	}
	return nil
}

// wait waits until all are linked.
func (p *probes) wait(ctx context.Context) error {
	for begun := time.Now(); ctx.Err() == nil; time.Sleep(pollEvery) {
		p.mu.Lock()
		left := len(p.waiting)
		p.mu.Unlock()
		if left == 0 {
			return nil
		}
		if time.Since(begun) > linkPatience {
			return fmt.Errorf("%d events have no stored link %v after the last was acknowledged", left, linkPatience)
		}
	}
	return nil // another goroutine failed
}
