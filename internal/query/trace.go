package query

import (
	"cmp"
	"context"
	"iter"
	"slices"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

const (
	// maxTraceRead is how many events are read of a trace.
	maxTraceRead = 10_000
	// traceNodes is how many nodes the answer about a trace has. streamedNodes is how many of the later nodes get their previews in one read.
	traceNodes, streamedNodes = 500, 2000
	// inlineNodes is how many nodes can have their content in the answer, and inlineBatch how many contents are read at once.
	inlineNodes = 32
	inlineBatch = 4
)

// opened is a trace whose events were read.
type opened struct {
	id     string
	events []model.Event
	// more says that there are more events than were read.
	more bool
	// nodes are in tree order, said (feedback and metrics) by time.
	nodes []branch
	said  []*model.Event
}

func (s *Service) open(ctx context.Context, scope access.Scope, id string) (opened, error) {
	if id == "" {
		return opened{}, badInput("id", "A trace's id must not be empty.")
	}
	events, err := s.store.TraceEvents(ctx, scope.Project, []string{id}, maxTraceRead+1)
	if err != nil {
		return opened{}, wrap(err, "read events of trace "+id)
	}
	if len(events) == 0 {
		return opened{}, notFound("There is no trace with the id %q. Its events may not have arrived yet.", id)
	}
	more := len(events) > maxTraceRead
	events = events[:min(len(events), maxTraceRead)]
	measureApart(events)
	nodes, said := split(events)
	return opened{id: id, events: events, more: more, nodes: layOut(id, nodes), said: said}, nil
}

// findAttempts marks the nodes that are attempts at the same thing. It compares inputs as far as lists show them: inputs that differ only after the
// 240 characters of a preview count as equal.
func (s *Service) findAttempts(ctx context.Context, scope access.Scope, t opened) error {
	likely := candidates(t.nodes)
	if len(likely) == 0 {
		return nil
	}
	asked := make([]branch, len(likely))
	for i, at := range likely {
		asked[i] = t.nodes[at]
	}
	texts, err := s.previewsOf(ctx, keysOf(scope, asked))
	if err != nil {
		return err
	}
	for _, of := range siblings(t.nodes) {
		attempts(t.nodes, of, func(e *model.Event) string { return texts[e.UUID].Input })
	}
	return nil
}

// Trace returns one trace with the beginning of its tree.
func (s *Service) Trace(ctx context.Context, scope access.Scope, id string) (TraceDetail, error) {
	t, err := s.open(ctx, scope, id)
	if err != nil {
		return TraceDetail{}, err
	}
	sum, unread, err := s.sum(ctx, scope, t)
	if err != nil {
		return TraceDetail{}, err
	}
	if err := s.findAttempts(ctx, scope, t); err != nil {
		return TraceDetail{}, err
	}
	var ctxs contexts
	var nodes List[Node]
	var said List[Feedback]
	var contents map[string]*Content
	var texts previews
	err = store.Together(ctx, func(ctx context.Context) (err error) {
		ctxs, err = s.contextsOf(ctx, scope, []string{id}, nil, map[string][]model.Event{id: t.events})
		return err
	}, func(ctx context.Context) (err error) {
		nodes, err = s.nodesPage(ctx, scope, t, position{}, traceNodes)
		return err
	}, func(ctx context.Context) (err error) {
		said, err = s.feedbackPage(ctx, scope, t, position{}, MaxLimit)
		return err
	}, func(ctx context.Context) (err error) {
		texts, err = s.previewsOfTraces(ctx, scope, []model.TraceSummary{sum})
		return err
	}, func(ctx context.Context) (err error) {
		contents, err = s.inline(ctx, scope, t.nodes[:min(len(t.nodes), inlineNodes)])
		return err
	})
	if err != nil {
		return TraceDetail{}, err
	}
	for i := range nodes.Items {
		nodes.Items[i].Content = contents[nodes.Items[i].ID]
	}
	d := TraceDetail{
		Trace: traceView(&sum, ctxs.traces[id], texts), Nodes: nodes.Items, NodesNext: nodes.Next,
		Feedback: said.Items, FeedbackNext: said.Next, NodesOmitted: unread,
	}
	if at := mainNode(t.nodes, contents, sum.LastGeneration.UUID); at >= 0 {
		if d.MainID = text(eventID(t.nodes[at].event)); at >= len(d.Nodes) {
			d.Main, err = s.whole(ctx, scope, t, at)
		}
	}
	return d, err
}

// mainNode is the index of the node whose input and output are shown as the trace's, -1 if there is none: its single root if that has content,
// otherwise the last generation. contents are the contents that were read, by id. The content of the first node is missing if it is too long to be
// read here.
func mainNode(nodes []branch, contents map[string]*Content, last uuid.UUID) int {
	if len(nodes) == 0 {
		return -1
	}
	oneRoot := !slices.ContainsFunc(nodes[1:], func(b branch) bool { return b.depth == 0 })
	if c := contents[eventID(nodes[0].event)]; oneRoot && (c == nil || len(c.Input)+len(c.Output) > 0) {
		return 0
	}
	return slices.IndexFunc(nodes, func(b branch) bool { return b.event.UUID == last })
}

// whole is a node with its content.
func (s *Service) whole(ctx context.Context, scope access.Scope, t opened, at int) (*Node, error) {
	nodes, err := s.nodesOf(ctx, scope, t, t.nodes[at:at+1])
	if err != nil {
		return nil, err
	}
	contents, err := s.inline(ctx, scope, t.nodes[at:at+1])
	if err != nil {
		return nil, err
	}
	nodes[0].Content = contents[nodes[0].ID]
	return &nodes[0], nil
}

// TraceNodes yields the nodes of a trace from a cursor to the end, in batches, until the first error; "" is the beginning. The trace is read once for
// all of them.
func (s *Service) TraceNodes(ctx context.Context, scope access.Scope, id, cursor string) (iter.Seq2[[]Node, error], error) {
	after, _, err := PageRequest{Cursor: cursor}.narrow(listNodes, id)
	if err != nil {
		return nil, err
	}
	t, err := s.open(ctx, scope, id)
	if err != nil {
		return nil, err
	}
	if err := s.findAttempts(ctx, scope, t); err != nil {
		return nil, err
	}
	rest := t.nodes[after.in(len(t.nodes), func(i int) string { return eventID(t.nodes[i].event) }):]
	ctxs, err := s.contextsOf(ctx, scope, nil, eventsOf(rest), map[string][]model.Event{id: t.events})
	if err != nil {
		return nil, err
	}
	return func(yield func([]Node, error) bool) {
		for some := range slices.Chunk(rest, streamedNodes) {
			texts, err := s.previewsOf(ctx, keysOf(scope, some))
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(nodeViews(some, ctxs, texts), nil) {
				return
			}
		}
	}, nil
}

func eventsOf(nodes []branch) []model.Event {
	events := make([]model.Event, len(nodes))
	for i := range nodes {
		events[i] = *nodes[i].event
	}
	return events
}

func keysOf(scope access.Scope, nodes []branch) []model.Key {
	keys := make([]model.Key, len(nodes))
	for i := range nodes {
		keys[i] = model.Key{Project: scope.Project, UUID: nodes[i].event.UUID, TimeMS: nodes[i].event.TimeMS}
	}
	return keys
}

// TraceFeedback returns the next page of a trace's feedback and metrics.
func (s *Service) TraceFeedback(ctx context.Context, scope access.Scope, id string, r PageRequest) (List[Feedback], error) {
	after, limit, err := r.narrow(listFeedback, id)
	if err != nil {
		return List[Feedback]{}, err
	}
	t, err := s.open(ctx, scope, id)
	if err != nil {
		return List[Feedback]{}, err
	}
	return s.feedbackPage(ctx, scope, t, after, limit)
}

func (s *Service) nodesPage(ctx context.Context, scope access.Scope, t opened, after position, limit int) (List[Node], error) {
	id := func(b *branch) string { return eventID(b.event) }
	return pageOf(t.nodes, after, limit, nodeBytes, listNodes, t.id, id, func(nodes []branch) ([]Node, error) { return s.nodesOf(ctx, scope, t, nodes) })
}

// nodesOf are some nodes of a trace, without their content.
func (s *Service) nodesOf(ctx context.Context, scope access.Scope, t opened, nodes []branch) ([]Node, error) {
	ctxs, texts, err := s.shownOf(ctx, scope, eventsOf(nodes), map[string][]model.Event{t.id: t.events})
	if err != nil {
		return nil, err
	}
	return nodeViews(nodes, ctxs, texts), nil
}

func nodeViews(nodes []branch, ctxs contexts, texts previews) []Node {
	out := make([]Node, 0, len(nodes))
	for i := range nodes {
		b := &nodes[i]
		n := Node{
			Generation: generationView(b.event, ctxs.events[b.event.UUID], texts[b.event.UUID]), SpanID: text(b.event.SpanID), Depth: b.depth,
			SubtreeCostUSD: nanos(b.subtree.CostNanos), SubtreeUnpriced: b.subtree.Unpriced, SummedLatencyS: b.subtree.LatencyMS / 1000,
			SubtreeTokens: SubtreeTokens{Input: count(b.subtree.Tokens.Input), Output: count(b.subtree.Tokens.Output)},
			Parallel:      several(b.parallel), Attempt: several(b.attempt), Attempts: several(b.attempts),
		}
		if b.parent != nil {
			n.ParentID = text(b.parent.UUID.String())
		}
		out = append(out, n)
	}
	inherit(out)
	return out
}

// several is a number, or null for zero.
func several(n int) *int {
	if n == 0 {
		return nil
	}
	return &n
}

// inherit gives spans without a preview (roots of chains and agents) the previews of the nodes below them: the input of the first node with an input,
// and the output of the last one with an output. Nodes are in tree order.
func inherit(nodes []Node) {
	type below struct {
		depth         int
		input, output string
	}
	var open []below // one entry for each ancestor of the nodes that are still to come, the nearest last
	for i := range slices.Backward(nodes) {
		n := &nodes[i]
		var b below
		for len(open) > 0 && open[len(open)-1].depth > n.Depth {
			child := open[len(open)-1]
			open = open[:len(open)-1]
			if b.input == "" {
				b.input = child.input
			}
			if child.output != "" {
				b.output = child.output
			}
		}
		if n.Kind == model.KindSpan.String() || n.Kind == model.KindTrace.String() {
			n.InputPreview, n.OutputPreview = cmp.Or(n.InputPreview, b.input), cmp.Or(n.OutputPreview, b.output)
		}
		open = append(open, below{n.Depth, n.InputPreview, n.OutputPreview})
	}
}

func (s *Service) feedbackPage(ctx context.Context, scope access.Scope, t opened, after position, limit int) (List[Feedback], error) {
	id := func(e **model.Event) string { return eventID(*e) }
	return pageOf(t.said, after, limit, feedbackBytes, listFeedback, t.id, id, func(said []*model.Event) ([]Feedback, error) {
		events := make([]model.Event, len(said))
		for i, e := range said {
			events[i] = *e
		}
		ctxs, explained, err := s.explained(ctx, scope, events, map[string][]model.Event{t.id: t.events})
		if err != nil {
			return nil, err
		}
		out := make([]Feedback, 0, len(said))
		for _, e := range said {
			out = append(out, feedbackView(e, ctxs.events[e.UUID], explained[e.UUID].Output))
		}
		return out, nil
	})
}

// sum returns the sums of a trace, and how many of its events were not read.
func (s *Service) sum(ctx context.Context, scope access.Scope, t opened) (sum model.TraceSummary, unread int, err error) {
	if !t.more {
		return store.Summarize(t.id, t.events), 0, nil
	}
	found, _, err := s.store.TracesNamed(ctx, scope.Project, []string{t.id}, 0)
	if err != nil {
		return sum, 0, wrap(err, "sum up trace "+t.id)
	}
	if len(found) == 0 { // deleted between the two reads
		return store.Summarize(t.id, t.events), 0, nil
	}
	return found[0], int(max(0, found[0].Generations+found[0].Spans+found[0].Feedbacks-maxTraceRead)), nil
}

// split separates the events of a trace into calls and spans, and feedback and metrics.
func split(events []model.Event) (nodes, said []*model.Event) {
	for i := range events {
		switch e := &events[i]; {
		case e.Kind.IsNode():
			nodes = append(nodes, e)
		case e.Kind != model.KindOther:
			said = append(said, e)
		}
	}
	return nodes, said
}

// inline reads contents in tree order until their share of the answer is full.
func (s *Service) inline(ctx context.Context, scope access.Scope, nodes []branch) (map[string]*Content, error) {
	out := make(map[string]*Content, len(nodes))
	left := inlineBytes
	for batch := range slices.Chunk(nodes, inlineBatch) {
		events := make([]*model.Event, len(batch))
		for i, b := range batch {
			events[i] = b.event
		}
		full := false
		err := s.contents(ctx, scope, events, func(e *model.Event, c *model.Content) error {
			v, err := s.contentView(e, c, inNode)
			if err != nil || full {
				return err
			}
			if left -= encoded(v); left < 0 {
				full = true
				return nil
			}
			out[e.UUID.String()] = &v
			return nil
		})
		if err != nil || full {
			return out, err
		}
	}
	return out, nil
}
