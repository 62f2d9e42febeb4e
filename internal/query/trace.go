package query

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// Bounds of one answer about one trace.
const (
	// MaxNodes is how many calls and steps are shown.
	MaxNodes = 2000
	// MaxFeedback is how many feedbacks and metrics are shown.
	MaxFeedback = 500
	// maxInline is how many bytes of content go into one answer. Content past it is read one call at a time.
	maxInline = 4 << 20
	// contentBatch is how many contents are read at once; together with maxInline it bounds memory.
	contentBatch = 64
	// maxTraceRead bounds the rows read to choose what is shown.
	maxTraceRead = 10_000
)

// Trace returns one trace with its tree.
func (s *Service) Trace(ctx context.Context, id string) (TraceDetail, error) {
	if id == "" {
		return TraceDetail{}, badInput("id", "A trace's id must not be empty.")
	}
	events, err := s.store.TraceEvents(ctx, []string{id}, maxTraceRead)
	if err != nil {
		return TraceDetail{}, wrap(err, "read events of trace "+id)
	}
	if len(events) == 0 {
		return TraceDetail{}, notFound("There is no trace with the id %q. Its events may not have arrived yet.", id)
	}
	sum, unread, err := s.sum(ctx, id, events)
	if err != nil {
		return TraceDetail{}, err
	}
	known := map[string][]model.Event{id: events}
	nodes, said, omitted := split(events)
	branches := tree(id, nodes)
	var ctxs contexts
	var contents map[uuid.UUID]*Content
	err = store.Together(ctx, func(ctx context.Context) (err error) {
		ctxs, err = s.contextsOf(ctx, []string{id}, values(nodes, said), known)
		return err
	}, func(ctx context.Context) (err error) {
		contents, err = s.inline(ctx, branches)
		return err
	})
	if err != nil {
		return TraceDetail{}, err
	}
	d := TraceDetail{
		Trace: traceView(&sum, ctxs.traces[id]), Nodes: make([]Node, 0, len(branches)),
		Feedback: make([]Feedback, 0, len(said)), NodesOmitted: omitted + unread,
	}
	for _, b := range branches {
		n := Node{
			Generation: generationView(b.event, ctxs.events[b.event.UUID]), SpanID: text(b.event.SpanID), Depth: b.depth,
			Content: contents[b.event.UUID],
		}
		if b.parent != nil {
			n.ParentID = text(b.parent.UUID.String())
		}
		d.Nodes = append(d.Nodes, n)
	}
	for _, e := range said {
		d.Feedback = append(d.Feedback, feedbackView(e, ctxs.events[e.UUID]))
	}
	return d, nil
}

// sum is the sum of a trace of which these events were read, and how many more there are.
func (s *Service) sum(ctx context.Context, id string, events []model.Event) (sum model.TraceSummary, unread int, err error) {
	if len(events) < maxTraceRead {
		return store.Summarize(id, events), 0, nil
	}
	found, err := s.store.Traces(ctx, store.Filter{TraceID: id}, store.Page{Limit: 1})
	if err != nil {
		return sum, 0, wrap(err, "sum up trace "+id)
	}
	if len(found) == 0 { // gone between the two
		return store.Summarize(id, events), 0, nil
	}
	return found[0], int(max(0, found[0].Generations+found[0].Spans+found[0].Feedbacks-maxTraceRead)), nil
}

// split parts the events of a trace into calls and steps, and what was said of them, each within its bound. omitted
// counts the calls and steps left out.
func split(events []model.Event) (nodes, said []*model.Event, omitted int) {
	// An explicit root is stamped at the end of its trace by some SDKs; it must not be what is left out.
	hasRoot := slices.ContainsFunc(events, func(e model.Event) bool { return e.Kind == model.KindTrace })
	room := MaxNodes
	if hasRoot {
		room--
	}
	rooted := false
	for i := range events {
		e := &events[i]
		switch {
		case e.Kind == model.KindTrace && !rooted:
			rooted = true
			nodes = append(nodes, e)
		case e.Kind.IsNode() && room > 0:
			room--
			nodes = append(nodes, e)
		case e.Kind.IsNode():
			omitted++
		case e.Kind != model.KindOther && len(said) < MaxFeedback:
			said = append(said, e)
		}
	}
	return nodes, said, omitted
}

func values(lists ...[]*model.Event) []model.Event {
	var out []model.Event
	for _, l := range lists {
		for _, e := range l {
			out = append(out, *e)
		}
	}
	return out
}

// inline reads contents in tree order until they fill the answer.
func (s *Service) inline(ctx context.Context, branches []branch) (map[uuid.UUID]*Content, error) {
	out := make(map[uuid.UUID]*Content, len(branches))
	left := maxInline
	for batch := range slices.Chunk(branches, contentBatch) {
		keys := make([]model.Key, len(batch))
		for i, b := range batch {
			keys[i] = model.Key{UUID: b.event.UUID, TimeMS: b.event.TimeMS}
		}
		found, err := s.store.Contents(ctx, keys)
		if err != nil {
			return nil, wrap(err, "read contents")
		}
		byID := make(map[uuid.UUID]*model.Content, len(found))
		for i := range found {
			byID[found[i].UUID] = &found[i]
		}
		for _, b := range batch {
			c := byID[b.event.UUID]
			if c == nil {
				c = &model.Content{}
			}
			if left -= len(c.Input) + len(c.Output) + len(c.Tools) + len(c.Properties); left < 0 {
				return out, nil
			}
			v := contentView(c)
			out[b.event.UUID] = &v
		}
	}
	return out, nil
}

func feedbackView(e *model.Event, c rowContext) Feedback {
	return Feedback{
		ID: e.UUID.String(), Kind: e.Kind.String(), AtMS: e.TimeMS, Name: text(e.MetricName), Value: e.MetricValue,
		Person: c.person,
	}
}
