package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"time"

	"github.com/playheadhq/playhead/internal/zipf"
)

// read is a question that a person asks repeatedly.
type read struct {
	name, goal, data string
	// n is how often the question is asked.
	n int
	// path is the address of the ith request.
	path func(i int) string
}

// eventReads are the requests of the UI's pages, and of a person's filters, for the data of sendEvents.
func eventReads(o options) []read {
	data := fmt.Sprintf("%d generations, %d a trace", o.sends(), perTrace)
	fixed := func(p string) func(int) string { return func(int) string { return p } }
	traces, sessions := o.batches()*batchSize/perTrace, o.batches()*batchSize/perTrace/perSession // of one connection
	// Half of the traces are among the newest, like those that people usually open, and half are anywhere in the table.
	trace := func(i int) string {
		random := rand.New(rand.NewPCG(1, uint64(i)))
		n := random.IntN(traces)
		if i%2 == 0 {
			n = traces - 1 - random.IntN(min(traces, 500))
		}
		return "/api/traces/" + url.PathEscape(traceID(uint64(random.IntN(o.connections)), uint64(n)))
	}
	session := func(i int) string {
		random := rand.New(rand.NewPCG(2, uint64(i)))
		return sessionID(uint64(random.IntN(o.connections)), uint64(random.IntN(sessions)))
	}
	person := func(i int) string { return personID((1 + 7*i) % people) }
	words := zipf.NewWriter(0).Words
	few, fewest := max(o.reads/10, 1), max(min(o.reads/30, 3), 1)
	all := []read{
		{name: "first page of traces", goal: "50 at most", n: o.reads, path: fixed("/api/traces")},
		{name: "one trace with its messages", goal: "20 at most", n: o.reads, path: trace},
		{name: "first page of generations", n: o.reads, path: fixed("/api/generations")},
		{name: "first page of sessions", n: o.reads, path: fixed("/api/sessions")},
		{name: "totals (the Setup page)", n: max(o.reads/3, 1), path: fixed("/api/status")},
		{name: "one session with its calls", n: max(o.reads/3, 1), path: func(i int) string { return "/api/sessions/" + session(i) }},
		{name: "traces of one session", n: max(o.reads/3, 1), path: func(i int) string { return "/api/traces?session_id=" + session(i) }},
		{name: "traces of one person", n: few, path: func(i int) string { return "/api/traces?person=" + person(i) }},
		{name: "traces that failed, of which there are none", n: few, path: fixed("/api/traces?errors=true")},
		{name: "first page of traces with a common word", n: few, path: fixed("/api/traces?q=" + words[20])},
		{name: "first page of traces with a rare word", n: few, path: fixed("/api/traces?q=" + words[15_000])},
		{name: "traces with a word that is nowhere", n: fewest, path: fixed("/api/traces?q=zyzzyva")},
	}
	for i := range all {
		all[i].data = data
	}
	return all
}

// times sends the requests to one server and returns the duration of each.
func (r read) times(ctx context.Context, c *client) ([]time.Duration, error) {
	var took []time.Duration
	for i := range r.n {
		d, err := c.getJSON(ctx, r.path(i), nil)
		if err != nil {
			return nil, err
		}
		took = append(took, d)
	}
	return took, nil
}
