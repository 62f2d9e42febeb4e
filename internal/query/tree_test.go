package query

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
)

func TestTree(t *testing.T) {
	// An event is written "name kind start parent"; its span id is its name without the part after a #.
	tests := []struct {
		name   string
		events string
		want   string // names in tree order, indented by depth with dots
	}{
		{name: "no spans: a list by start", events: "b gen 2 -; a gen 1 -; c gen 3 -", want: "a b c"},
		{name: "parents before children, siblings by start", events: "leaf gen 3 mid; root span 1 -; late gen 9 root; mid span 2 root", want: "root .mid ..leaf .late"},
		{name: "the trace's id is the root", events: "a span 1 T; b gen 2 a; c gen 3 T", want: "a .b c"},
		{name: "an explicit root is the parent of events without one", events: "a gen 1 -; b gen 2 T; c gen 3 lost; r trace 0 -", want: "r .a .b .c"},
		{name: "an explicit root with the latest time", events: "a gen 1 -; r trace 50 -", want: "r .a"},
		{name: "a root with children by its own span id", events: "r trace 0 -; a span 1 r; b gen 2 a", want: "r .a ..b"},
		{name: "a second explicit trace is a step of the first", events: "r trace 0 -; q trace 1 -; a gen 2 q", want: "r .q ..a"},
		{name: "a parent that was never sent", events: "a gen 1 lost", want: "a"},
		{name: "its own parent", events: "a gen 1 a", want: "a"},
		{name: "a cycle hangs below its earliest event", events: "b gen 2 c; a gen 1 b; c gen 3 a", want: "a .c ..b"},
		{name: "a cycle below an explicit root", events: "r trace 0 -; a gen 1 b; b gen 2 a", want: "r .a ..b"},
		{name: "span ids that occur twice: the earliest is the parent", events: "a#2 span 5 -; a#1 span 1 -; b gen 6 a", want: "a#1 .b a#2"},
		{name: "equal starts: the longer first", events: "short gen 1 -; long span 1 -", want: "long short"},
		{name: "equal starts: as they were sent", events: "c gen 1 -; a gen 1 -; b gen 1 -; d gen 1 -", want: "c a b d"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			names := map[*model.Event]string{}
			var events []*model.Event
			for _, line := range strings.Split(tt.events, "; ") {
				var name, kind, parent string
				var start int64
				if _, err := fmt.Sscan(line, &name, &kind, &start, &parent); err != nil {
					t.Fatal(err)
				}
				e := &model.Event{
					UUID: uuid.New(), TraceID: "T", StartMS: start, LatencyMS: float64(len(kind)), Order: int32(len(events)),
					Kind: map[string]model.Kind{"gen": model.KindGeneration, "span": model.KindSpan, "trace": model.KindTrace}[kind],
				}
				e.SpanID, _, _ = strings.Cut(name, "#")
				if parent != "-" {
					e.ParentID = parent
				}
				names[e] = name
				events = append(events, e)
			}
			var got []string
			for _, b := range tree("T", events) {
				got = append(got, strings.Repeat(".", b.depth)+names[b.event])
			}
			if s := strings.Join(got, " "); s != tt.want {
				t.Errorf("got %s, want %s", s, tt.want)
			}
		})
	}
}

// TestInherit: the root of a chain without its own text shows the question and the answer from the nodes below it.
func TestInherit(t *testing.T) {
	node := func(kind string, depth int, input, output string) Node {
		return Node{Generation: Generation{Kind: kind, InputPreview: input, OutputPreview: output}, Depth: depth}
	}
	nodes := []Node{
		node("trace", 0, "", ""), node("span", 1, "", ""), node("generation", 2, "asked", ""), node("span", 2, "tool", "21"), node("generation", 2, "again", "answer"),
		node("span", 1, "own", ""), node("generation", 2, "other", "last"), node("span", 1, "", ""), node("generation", 0, "", ""), node("span", 1, "x", "y"),
	}
	inherit(nodes)
	var got []string
	for _, n := range nodes {
		got = append(got, n.InputPreview+"/"+n.OutputPreview)
	}
	if s := strings.Join(got, " "); s != "asked/last asked/answer asked/ tool/21 again/answer own/last other/last / / x/y" {
		t.Errorf("got %s", s)
	}
}

// TestTreeWhole: whatever the ids are, every event appears once, below its parent.
func TestTreeWhole(t *testing.T) {
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 3))
		id := func() string { return []string{"", "T", "a", "b", "c", "d", "e", "f"}[r.IntN(8)] }
		var events []*model.Event
		for range r.IntN(12) {
			events = append(events, &model.Event{
				UUID: uuid.New(), Kind: model.Kind(1 + r.IntN(4)), StartMS: r.Int64N(5), SpanID: id(), ParentID: id(),
			})
		}
		out := tree("T", events)
		if len(out) != len(events) {
			t.Fatalf("seed %d: %d of %d events", seed, len(out), len(events))
		}
		depth := map[*model.Event]int{}
		for _, b := range out {
			if _, twice := depth[b.event]; twice {
				t.Fatalf("seed %d: an event occurs twice", seed)
			}
			want := 0
			if b.parent != nil {
				d, ok := depth[b.parent]
				if !ok {
					t.Fatalf("seed %d: a child before its parent", seed)
				}
				want = d + 1
			}
			if b.depth != want {
				t.Fatalf("seed %d: depth %d, want %d", seed, b.depth, want)
			}
			depth[b.event] = b.depth
		}
	}
}
