package query

import (
	"cmp"
	"math"
	"slices"

	"github.com/playheadhq/playhead/internal/model"
)

// branch is an event's position in its trace's tree.
type branch struct {
	event  *model.Event
	parent *model.Event // nil at the root
	depth  int
	// subtree is the usage of the event and of all events below it.
	subtree model.Usage
	siblinghood
}

// layOut builds the tree of one trace and relates its nodes to each other. Only attempts are missing, because they need the inputs, see candidates.
func layOut(traceID string, events []*model.Event) []branch {
	nodes := tree(traceID, events)
	addUp(nodes)
	for _, of := range siblings(nodes) {
		parallel(nodes, of)
	}
	return nodes
}

// addUp sums up the usage of each node and of all nodes below it. Nodes are in tree order.
func addUp(nodes []branch) {
	var open []int // the ancestors of the nodes that are still to come, the nearest last
	for i := range slices.Backward(nodes) {
		n := &nodes[i]
		n.subtree = model.NoUsage()
		n.subtree.Add(n.event)
		for len(open) > 0 && nodes[open[len(open)-1]].depth > n.depth {
			n.subtree.Join(nodes[open[len(open)-1]].subtree)
			open = open[:len(open)-1]
		}
		open = append(open, i)
	}
}

// tree puts the calls and steps of one trace into tree order: parents before children, siblings by start.
//
// An explicit $ai_trace event is the root of all others; without one there can be several roots. A parent id that equals the trace's id means the
// root, and so does one that no event has (the parent was never sent, or is beyond the limit). If several events have the same span id, the earliest
// is the parent. Events in a cycle become children of the earliest of them.
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
	for _, e := range events { // the remaining events form cycles
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

// byStart sorts events by start. Of events that began in the same millisecond, one that took at least a millisecond longer comes first, because it is
// more likely the parent; otherwise they keep the order in which they were sent.
func byStart(a, b *model.Event) int {
	return cmp.Or(
		cmp.Compare(a.StartMS, b.StartMS),
		-cmp.Compare(math.Round(a.LatencyMS), math.Round(b.LatencyMS)),
		cmp.Compare(a.ReceivedMS, b.ReceivedMS),
		cmp.Compare(a.Order, b.Order),
		slices.Compare(a.UUID[:], b.UUID[:]),
	)
}
