package query

import (
	"cmp"
	"context"
	"slices"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

const (
	// maxTraceRead is how many events are read of a trace.
	maxTraceRead = 10_000
	// traceNodes is how many nodes the answer about a trace has.
	traceNodes = 500
	// inlineNodes is how many of them may have their content beside them, and inlineBatch how many contents are read at once.
	inlineNodes = 32
	inlineBatch = 4
)

// opened is a trace that was read.
type opened struct {
	id     string
	events []model.Event
	// nodes are in tree order, said by time.
	nodes []branch
	said  []*model.Event
}

func (s *Service) open(ctx context.Context, scope access.Scope, id string) (opened, error) {
	if id == "" {
		return opened{}, badInput("id", "A trace's id must not be empty.")
	}
	events, err := s.store.TraceEvents(ctx, scope.Project, []string{id}, maxTraceRead)
	if err != nil {
		return opened{}, wrap(err, "read events of trace "+id)
	}
	if len(events) == 0 {
		return opened{}, notFound("There is no trace with the id %q. Its events may not have arrived yet.", id)
	}
	nodes, said := split(events)
	return opened{id: id, events: events, nodes: tree(id, nodes), said: said}, nil
}

// Trace returns one trace with the beginning of its tree.
func (s *Service) Trace(ctx context.Context, scope access.Scope, id string) (TraceDetail, error) {
	t, err := s.open(ctx, scope, id)
	if err != nil {
		return TraceDetail{}, err
	}
	sum, unread, err := s.sum(ctx, scope, id, t.events)
	if err != nil {
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
		texts, err = s.previewsOf(ctx, ofTraces([]model.TraceSummary{sum}))
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
	return TraceDetail{
		Trace: traceView(&sum, ctxs.traces[id], texts), Nodes: nodes.Items, NodesNext: nodes.Next,
		Feedback: said.Items, FeedbackNext: said.Next, NodesOmitted: unread,
	}, nil
}

// TraceNodes reads on in the tree of a trace.
func (s *Service) TraceNodes(ctx context.Context, scope access.Scope, id string, r PageRequest) (List[Node], error) {
	after, limit, err := r.narrow(listNodes, id)
	if err != nil {
		return List[Node]{}, err
	}
	t, err := s.open(ctx, scope, id)
	if err != nil {
		return List[Node]{}, err
	}
	return s.nodesPage(ctx, scope, t, after, limit)
}

// TraceFeedback reads on in what was said of a trace.
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
	return pageOf(t.nodes, after, limit, nodeBytes, listNodes, t.id, id, func(nodes []branch) ([]Node, error) {
		events := make([]model.Event, len(nodes))
		for i, b := range nodes {
			events[i] = *b.event
		}
		ctxs, texts, err := s.shownOf(ctx, scope, events, map[string][]model.Event{t.id: t.events})
		if err != nil {
			return nil, err
		}
		out := make([]Node, 0, len(nodes))
		for _, b := range nodes {
			n := Node{Generation: generationView(b.event, ctxs.events[b.event.UUID], texts[b.event.UUID]), SpanID: text(b.event.SpanID), Depth: b.depth}
			if b.parent != nil {
				n.ParentID = text(b.parent.UUID.String())
			}
			out = append(out, n)
		}
		inherit(out)
		return out, nil
	})
}

// inherit gives the steps that have no preview, as roots of chains and agents have none, that of the nodes below them: the input of the first
// that has one, and the output of the last. Nodes are in tree order.
func inherit(nodes []Node) {
	type below struct {
		depth         int
		input, output string
	}
	var open []below // what lies below the nodes that are still to come, the nearest last
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
		ctxs, err := s.contextsOf(ctx, scope, nil, events, map[string][]model.Event{t.id: t.events})
		if err != nil {
			return nil, err
		}
		out := make([]Feedback, 0, len(said))
		for _, e := range said {
			out = append(out, feedbackView(e, ctxs.events[e.UUID]))
		}
		return out, nil
	})
}

// sum is the sum of a trace of which these events were read, and how many more there are.
func (s *Service) sum(ctx context.Context, scope access.Scope, id string, events []model.Event) (sum model.TraceSummary, unread int, err error) {
	if len(events) < maxTraceRead {
		return store.Summarize(id, events), 0, nil
	}
	found, _, err := s.store.TracesNamed(ctx, scope.Project, []string{id}, 0)
	if err != nil {
		return sum, 0, wrap(err, "sum up trace "+id)
	}
	if len(found) == 0 { // gone between the two
		return store.Summarize(id, events), 0, nil
	}
	return found[0], int(max(0, found[0].Generations+found[0].Spans+found[0].Feedbacks-maxTraceRead)), nil
}

// split parts the events of a trace into calls and steps, and what was said of them.
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

// inline reads contents in tree order until they fill their share of the answer.
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

func feedbackView(e *model.Event, c rowContext) Feedback {
	return Feedback{
		ID: e.UUID.String(), Kind: e.Kind.String(), AtMS: e.TimeMS, Name: text(e.MetricName), Value: e.MetricValue,
		Score: scoreView(e), Person: c.person,
	}
}

// scoreView is an opinion as a number, nil where it is none.
func scoreView(e *model.Event) *float64 {
	if !e.Scored {
		return nil
	}
	return &e.Score
}
