package query

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
)

// laid is a trace of events written as "name kind start end parent", with x at the end for a failed one, in tree order. The input of a node is its
// name without the part after a #; its title is the part before a dot in that.
func laid(t *testing.T, events string) ([]branch, map[*model.Event]string) {
	t.Helper()
	names := map[*model.Event]string{}
	var all []*model.Event
	for _, line := range strings.Split(events, "; ") {
		f := strings.Fields(line)
		var start, end int64
		if _, err := fmt.Sscan(f[2]+" "+f[3], &start, &end); err != nil {
			t.Fatal(err)
		}
		e := &model.Event{
			UUID: uuid.New(), TraceID: "T", SpanID: f[0], StartMS: start, LatencyMS: float64(end - start), Order: int32(len(all)), IsError: len(f) > 5, Tokens: model.UnknownTokens(),
			Kind: map[string]model.Kind{"gen": model.KindGeneration, "span": model.KindSpan, "trace": model.KindTrace}[f[1]],
		}
		what, _, _ := strings.Cut(f[0], "#")
		e.Title, _, _ = strings.Cut(what, ".")
		if f[4] != "-" {
			e.ParentID = f[4]
		}
		names[e] = f[0]
		all = append(all, e)
	}
	return layOut("T", all), names
}

func TestParallel(t *testing.T) {
	for _, tt := range []struct{ name, events, want string }{
		{"one after another", "r trace 0 100 -; a gen 0 40 r; b gen 40 80 r", ""},
		{"one after another, as clients measure it", "r trace 0 100 -; a gen 0 43 r; b gen 40 80 r", ""},
		{"two at the same time", "r trace 0 100 -; a gen 0 60 r; b gen 40 80 r", "a2 b2"},
		{"a third that overlaps with one of them", "r trace 0 200 -; a span 0 60 r; b span 40 120 r; c span 100 150 r; d span 150 190 r", "a3 b3 c3"},
		{"two pairs", "r trace 0 400 -; a span 0 60 r; b span 0 50 r; c span 100 150 r; d span 110 190 r", "a2 b2 c2 d2"},
		{"one within another, and a later one", "r trace 0 400 -; a span 0 200 r; b span 50 100 r; c span 150 180 r; d span 300 350 r", "a3 b3 c3"},
		{"a parent and its child do not count", "r trace 0 100 -; a span 0 100 r; b gen 10 90 a", ""},
		{"a step that takes no time does not run in parallel", "r trace 0 100 -; a gen 0 60 r; b span 30 30 r", ""},
		{"calls without a parent", "a gen 0 60 -; b gen 10 70 -", "a2 b2"},
		{"a step around a call that says nothing of it", "a span 0 60 -; b gen 10 50 -", ""},
	} {
		nodes, names := laid(t, tt.events)
		var got []string
		for _, n := range nodes {
			if n.parallel > 0 {
				got = append(got, fmt.Sprint(names[n.event], n.parallel))
			}
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, s, tt.want)
		}
	}
}

func TestAttempts(t *testing.T) {
	for _, tt := range []struct{ name, events, want string }{
		{"no error, no retry", "r trace 0 100 -; a.q#1 gen 0 10 r; a.q#2 gen 20 30 r", ""},
		{"two failures and a success", "r trace 0 100 -; a.q#1 gen 0 10 r x; a.q#2 gen 20 30 r x; a.q#3 gen 40 50 r", "a.q#1:1/3 a.q#2:2/3 a.q#3:3/3"},
		{"none of them succeeds", "r trace 0 100 -; a.q#1 gen 0 10 r x; a.q#2 gen 20 30 r x", "a.q#1:1/2 a.q#2:2/2"},
		{"another input is no retry", "r trace 0 100 -; a.q gen 0 10 r x; a.p gen 20 30 r", ""},
		{"another name is none", "r trace 0 100 -; a.q gen 0 10 r x; b.q gen 20 30 r", ""},
		{"nor is one below another parent", "r trace 0 100 -; s span 0 15 r; a.q#1 gen 0 10 s x; a.q#2 gen 20 30 r", ""},
		{"nor one that began before the failure", "r trace 0 100 -; a.q#1 gen 0 20 r x; a.q#2 gen 10 30 r", ""},
		{"after a success it begins anew", "r trace 0 100 -; a.q#1 gen 0 10 r x; a.q#2 gen 20 30 r; a.q#3 gen 40 50 r", "a.q#1:1/2 a.q#2:2/2"},
		{"two things at the same time", "r trace 0 100 -; a.q#1 span 0 10 r x; a.p#1 span 1 11 r x; a.q#2 span 20 30 r; a.p#2 span 21 31 r", "a.q#1:1/2 a.p#1:1/2 a.q#2:2/2 a.p#2:2/2"},
		{"calls without a parent", "a.q#1 gen 0 10 - x; a.q#2 gen 20 30 -", "a.q#1:1/2 a.q#2:2/2"},
	} {
		nodes, names := laid(t, tt.events)
		looked := map[*model.Event]bool{}
		for _, i := range candidates(nodes) {
			looked[nodes[i].event] = true
		}
		for _, of := range siblings(nodes) {
			attempts(nodes, of, func(e *model.Event) string {
				if !looked[e] {
					return ""
				}
				what, _, _ := strings.Cut(names[e], "#")
				_, input, _ := strings.Cut(what, ".")
				return input
			})
		}
		var got []string
		for _, n := range nodes {
			if n.attempts > 0 {
				got = append(got, fmt.Sprintf("%s:%d/%d", names[n.event], n.attempt, n.attempts))
			}
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, s, tt.want)
		}
	}
}

// TestCandidatesAreFew: few inputs are read, both when everything in a trace fails and when the first of many nodes fails.
func TestCandidatesAreFew(t *testing.T) {
	many := func(failed func(i int) bool) []branch {
		events := []*model.Event{{UUID: uuid.New(), Kind: model.KindTrace, SpanID: "r", LatencyMS: 1e6}}
		for i := range 9000 {
			events = append(events, &model.Event{UUID: uuid.New(), Kind: model.KindSpan, Title: "fetch", ParentID: "r", StartMS: int64(i), IsError: failed(i)})
		}
		return layOut("T", events)
	}
	if n := len(candidates(many(func(int) bool { return true }))); n != mostCandidates {
		t.Errorf("%d candidates where all failed", n)
	}
	if n := len(candidates(many(func(i int) bool { return i == 0 }))); n != 1+retryWithin {
		t.Errorf("%d candidates where one failed", n)
	}
	if n := len(candidates(many(func(int) bool { return false }))); n != 0 {
		t.Errorf("%d candidates where nothing failed", n)
	}
}

// TestSubtrees: a parent that repeats the usage of its children does not count, and each subtree is the sum of its own calls.
func TestSubtrees(t *testing.T) {
	call := func(span, parent string, at int64, nanos, out int64) *model.Event {
		tokens := model.UnknownTokens()
		tokens.Output = out
		state := model.CostPriced
		if nanos < 0 {
			state = model.CostUnpriced
		}
		return &model.Event{UUID: uuid.New(), Kind: model.KindGeneration, SpanID: span, ParentID: parent, StartMS: at, LatencyMS: 1000, Tokens: tokens, Cost: model.Cost{State: state, Nanos: nanos}}
	}
	repeating := call("agent", "r", 1, 30, 7)
	repeating.Kind = model.KindSpan
	events := []*model.Event{
		{UUID: uuid.New(), Kind: model.KindTrace, SpanID: "r", Tokens: model.UnknownTokens()},
		repeating, call("a", "agent", 2, 10, 3), call("b", "agent", 3, 20, 4), call("c", "r", 4, 5, 1), call("d", "c", 5, -1, -1),
	}
	want := map[string]string{ // cost unpriced output seconds
		"r": "35 1 8 4", "agent": "30 0 7 2", "a": "10 0 3 1", "b": "20 0 4 1", "c": "5 1 1 2", "d": "-1 1 -1 1",
	}
	for _, n := range layOut("T", events) {
		u := n.subtree
		if got := fmt.Sprint(u.CostNanos, u.Unpriced, u.Tokens.Output, u.LatencyMS/1000); got != want[n.event.SpanID] {
			t.Errorf("%s: %s, want %s", n.event.SpanID, got, want[n.event.SpanID])
		}
	}
}
