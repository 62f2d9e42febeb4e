package query

import (
	"cmp"
	"math"
	"slices"

	"github.com/playheadhq/playhead/internal/model"
)

// branch is an event's place in its trace's tree.
type branch struct {
	event  *model.Event
	parent *model.Event // nil at the root
	depth  int
}

// tree puts the calls and steps of one trace into tree order: parents before children, siblings by start.
//
// An explicit $ai_trace event is the root of everything else; without one there may be many roots. A parent id that is
// the trace's id means the root, as does one that no event has (it was never sent, or lies past the limit). Of events
// that share a span id the earliest is the parent. Events in a cycle hang below the earliest of them.
func tree(traceID string, events []*model.Event) []branch {
	events = slices.Clone(events)
	slices.SortStableFunc(events, byStart)
	var root *model.Event
	bySpan := make(map[string]*model.Event, len(events))
	for _, e := range events {
		if root == nil && e.Kind == model.KindTrace {
			root = e
		}
		if _, ok := bySpan[e.SpanID]; !ok && e.SpanID != "" {
			bySpan[e.SpanID] = e
		}
	}
	children := make(map[*model.Event][]*model.Event, len(events))
	for _, e := range events {
		parent := root
		if p, ok := bySpan[e.ParentID]; ok && e.ParentID != traceID && p != e {
			parent = p
		}
		if e == root {
			parent = nil
		}
		children[parent] = append(children[parent], e)
	}
	out := make([]branch, 0, len(events))
	placed := make(map[*model.Event]bool, len(events))
	walk := func(b branch) {
		stack := []branch{b}
		for len(stack) > 0 {
			b := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if placed[b.event] {
				continue
			}
			placed[b.event] = true
			out = append(out, b)
			for _, c := range slices.Backward(children[b.event]) {
				stack = append(stack, branch{event: c, parent: b.event, depth: b.depth + 1})
			}
		}
	}
	for _, e := range children[nil] {
		walk(branch{event: e})
	}
	for _, e := range events { // what is left turns in circles
		if !placed[e] {
			b := branch{event: e}
			if root != nil {
				b.parent, b.depth = root, 1
			}
			walk(b)
		}
	}
	return out
}

// byStart orders events by start. Of those that began in the same millisecond one that took at least a millisecond longer comes first,
// because it is the likelier parent; the others are in the order in which they were sent.
func byStart(a, b *model.Event) int {
	return cmp.Or(
		cmp.Compare(a.StartMS, b.StartMS),
		-cmp.Compare(math.Round(a.LatencyMS), math.Round(b.LatencyMS)),
		cmp.Compare(a.ReceivedMS, b.ReceivedMS),
		cmp.Compare(a.Order, b.Order),
		slices.Compare(a.UUID[:], b.UUID[:]),
	)
}
