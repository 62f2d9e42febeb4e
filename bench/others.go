package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
)

// others are ordinary clients who use the server, from their own addresses, while somebody attacks it.
type others struct {
	server  *server
	clients []*http.Client
	events  *batch
	traces  int
	minute  *minute
	ready   [][]byte // recordings to be sent
	// patience is the time after which a request counts as failed.
	patience time.Duration
}

const (
	otherAddresses  = 8
	otherEvents     = 50 // requests a second
	otherRecordings = 5
	otherReads      = 5
	otherPatience   = 10 * time.Second // the timeout that such clients usually have
)

var otherData = fmt.Sprintf("others: %d requests/s of %d events, %d/s with recordings, %d/s reads of lists, traces and sessions, from %d addresses; latency from the moment at which a request was due, and %v where it was refused or failed",
	otherEvents, perTrace, otherRecordings, otherReads, otherAddresses, otherPatience)

// newOthers makes these clients and stores data for them to read.
func newOthers(ctx context.Context, s *server) (*others, error) {
	m, err := loadMinute()
	if err != nil {
		return nil, err
	}
	o := &others{server: s, minute: m, events: newBatch(1, perTrace), patience: otherPatience}
	for i := range otherAddresses {
		o.clients = append(o.clients, clientFrom(net.IPv4(127, 0, 0, byte(2+i))))
	}
	for range 500 {
		if _, err := s.post(ctx, "/batch/", "application/json", o.nextEvents()); err != nil {
			return nil, err
		}
	}
	return o, o.prepare(20)
}

func (o *others) close() {
	for _, c := range o.clients {
		c.CloseIdleConnections()
	}
}

// prepare prepares recordings in advance, because compressing them would disturb the measurement.
func (o *others) prepare(n int) error {
	for len(o.ready) < n {
		again, err := o.minute.again(uuid.NewString(), uuid.NewString(), time.Now().UnixMilli()-o.minute.endMS)
		if err != nil {
			return err
		}
		o.ready = append(o.ready, again...)
	}
	return nil
}

func (o *others) nextEvents() []byte {
	o.traces++
	return bytes.Clone(o.events.next(time.Now()))
}

// felt is what these clients noticed.
type felt struct {
	mu   sync.Mutex
	took map[string][]time.Duration // by kind of request
	// busy counts answers that ask for a retry (503, 429), failed counts missing, late and failed answers.
	busy, failed int
	example      string
}

// otherKinds are the kinds of requests, in the order of columns.
var otherKinds = []string{"events", "recordings", "reads"}

// use sends for a given time, each request when it is due, whatever the result of the earlier ones.
func (o *others) use(ctx context.Context, length time.Duration) (*felt, error) {
	if err := o.prepare(int(length.Seconds()+1) * otherRecordings); err != nil {
		return nil, err
	}
	f := &felt{took: map[string][]time.Duration{}}
	perKind := map[string]int{"events": otherEvents, "recordings": otherRecordings, "reads": otherReads}
	type due struct {
		kind string
		at   time.Duration
	}
	var plan []due
	for kind, rate := range perKind {
		for i := range int(length.Seconds() * float64(rate)) {
			// Each request has a random time within its slot, so that clients do not run in step.
			plan = append(plan, due{kind, time.Duration((float64(i) + rand.Float64()) * float64(time.Second) / float64(rate))})
		}
	}
	slices.SortFunc(plan, func(a, b due) int { return int(a.at - b.at) })
	var under sync.WaitGroup
	begun := time.Now()
	for i, d := range plan {
		r := o.make(ctx, d.kind, i)
		time.Sleep(time.Until(begun.Add(d.at)))
		if ctx.Err() != nil {
			break
		}
		under.Go(func() { o.ask(f, d.kind, begun.Add(d.at), o.clients[i%len(o.clients)], r) })
	}
	under.Wait()
	return f, ctx.Err()
}

func (o *others) make(ctx context.Context, kind string, i int) *http.Request {
	var r *http.Request
	switch kind {
	case "events":
		r, _ = http.NewRequestWithContext(ctx, http.MethodPost, o.server.url()+"/batch/", bytes.NewReader(o.nextEvents()))
		r.Header.Set("Content-Type", "application/json")
	case "recordings":
		r, _ = http.NewRequestWithContext(ctx, http.MethodPost, o.server.url()+"/s/", bytes.NewReader(o.ready[0]))
		r.Header.Set("Content-Type", "text/plain")
		o.ready = o.ready[1:]
	default:
		trace := traceID(o.events.connection, uint64(rand.IntN(400))) // one of the traces that were stored first
		path := []string{"/api/traces", "/api/traces/" + trace, "/api/sessions", "/api/traces/" + trace}[i%4]
		r, _ = http.NewRequestWithContext(ctx, http.MethodGet, o.server.url()+path, nil)
	}
	return r
}

// ask makes a request that was due at a time.
func (o *others) ask(f *felt, kind string, due time.Time, c *http.Client, r *http.Request) {
	ctx, cancel := context.WithDeadline(r.Context(), due.Add(o.patience))
	defer cancel()
	res, err := c.Do(r.WithContext(ctx))
	status, said := 0, []byte(nil)
	if err == nil {
		status = res.StatusCode
		said, err = io.ReadAll(res.Body)
		res.Body.Close()
	}
	took := time.Since(due)
	if status != http.StatusOK {
		took = o.patience // otherwise a quick refusal would look good
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.took[kind] = append(f.took[kind], took)
	switch {
	case status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests:
		f.busy++
	case err != nil || status != http.StatusOK:
		f.failed++
	default:
		return
	}
	f.example = fmt.Sprintf("%s %s: %d %.200s %v", r.Method, r.URL.Path, status, said, err)
}

// p95 is the 95th percentile of one kind, in milliseconds.
func (f *felt) p95(kind string) float64 {
	_, p95 := percentiles(f.took[kind])
	return p95
}
