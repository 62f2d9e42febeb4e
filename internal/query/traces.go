package query

import (
	"context"
	"slices"

	"github.com/playheadhq/playhead/internal/link"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// Traces lists traces, latest activity first.
func (s *Service) Traces(ctx context.Context, r ListRequest) (List[Trace], error) {
	f, p, err := s.filter(ctx, listTraces, r)
	if err != nil {
		return List[Trace]{}, err
	}
	rows, err := s.store.Traces(ctx, f, past(p))
	if err != nil {
		return List[Trace]{}, wrap(err, "list traces")
	}
	page := shown(rows, p.Limit)
	ids := make([]string, len(page))
	for i := range page {
		ids[i] = page[i].ID
	}
	events, err := s.traceEventsOf(ctx, ids)
	if err != nil {
		return List[Trace]{}, err
	}
	ctxs, err := s.traceContexts(ctx, ids, events)
	if err != nil {
		return List[Trace]{}, err
	}
	return list(rows, p.Limit,
		func(t model.TraceSummary) string { return formatCursor(listTraces, t.LastMS, t.ID) },
		func(t *model.TraceSummary) Trace { return traceView(t, ctxs[t.ID]) },
	), nil
}

// traceContext is what a trace's own row does not say.
type traceContext struct {
	link   link.Link
	person *Person
}

func (s *Service) traceContexts(ctx context.Context, ids []string, events map[string][]model.Event) (map[string]traceContext, error) {
	choices := make(map[string]link.Choice, len(ids))
	var sessions []string
	for _, id := range ids {
		c := link.ChooseTrace(events[id])
		choices[id] = c
		sessions = append(sessions, c.SessionID)
	}
	ev, err := s.evidenceOf(ctx, sessions)
	if err != nil {
		return nil, err
	}
	who := make(map[string]string, len(ids))
	var distinctIDs []string
	for _, id := range ids {
		c := choices[id]
		who[id] = link.PersonOfTrace(events[id], c, ev.recording(c.SessionID))
		distinctIDs = append(distinctIDs, who[id])
	}
	known, err := s.peopleOf(ctx, distinctIDs)
	if err != nil {
		return nil, err
	}
	out := make(map[string]traceContext, len(ids))
	for _, id := range ids {
		out[id] = traceContext{link: ev.resolve(choices[id]), person: known.of(who[id])}
	}
	return out, nil
}

func traceView(t *model.TraceSummary, c traceContext) Trace {
	v := Trace{
		ID: t.ID, Name: text(t.Title), ConversationID: text(t.ConversationID),
		StartMS: t.FirstMS, EndMS: max(t.EndMS, t.FirstMS), SummedS: t.SummedLatencyMS / 1000,
		Generations: t.Generations, Spans: t.Spans, Errors: t.Errors, Feedbacks: t.Feedbacks, Error: text(t.Error),
		Models: slices.Clone(t.Models), Tokens: tokensView(t.Tokens), InputPreview: t.InputPreview,
		OutputPreview: t.OutputPreview, Truncated: t.Truncated, Person: c.person, Link: linkView(c.link),
	}
	if v.Models == nil {
		v.Models = []string{}
	}
	v.LatencyS = float64(v.EndMS-v.StartMS) / 1000
	return v
}

// filter checks a request and adds the ids of the person it names.
func (s *Service) filter(ctx context.Context, kind listKind, r ListRequest) (store.Filter, store.Page, error) {
	f, p, err := r.narrow(kind)
	if err == nil && r.Person != "" {
		f.DistinctIDs, err = s.idsOf(ctx, r.Person)
	}
	return f, p, err
}

// past asks for one row more than is shown: whether there is a next page.
func past(p store.Page) store.Page {
	p.Limit++
	return p
}
