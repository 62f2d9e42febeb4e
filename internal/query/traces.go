package query

import (
	"context"
	"slices"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// Traces lists traces, latest activity first.
func (s *Service) Traces(ctx context.Context, scope access.Scope, r ListRequest) (List[Trace], error) {
	f, p, err := s.filter(ctx, scope, listTraces, r)
	if err != nil {
		return List[Trace]{}, err
	}
	rows, first, err := s.store.TracesRead(ctx, scope.Project, f, past(p), traceEvents)
	if err != nil {
		return List[Trace]{}, wrap(err, "list traces")
	}
	page := shown(rows, p.Limit)
	ids := make([]string, len(page))
	for i := range page {
		ids[i] = page[i].ID
	}
	events, err := s.deepen(ctx, scope, ids, first)
	if err != nil {
		return List[Trace]{}, err
	}
	ctxs, err := s.contextsOf(ctx, scope, ids, nil, events)
	if err != nil {
		return List[Trace]{}, err
	}
	return list(rows, p.Limit,
		func(t model.TraceSummary) string { return formatCursor(listTraces, t.LastMS, t.ID) },
		func(t *model.TraceSummary) Trace { return traceView(t, ctxs.traces[t.ID]) },
	), nil
}

// maxModels is how many models a row names.
const maxModels = 100

func traceView(t *model.TraceSummary, c rowContext) Trace {
	v := Trace{
		ID: t.ID, Name: text(t.Title), ConversationID: text(t.ConversationID),
		StartMS: t.FirstMS, EndMS: max(t.EndMS, t.FirstMS), SummedS: t.SummedLatencyMS / 1000,
		Generations: t.Generations, Spans: t.Spans, Errors: t.Errors, Feedbacks: t.Feedbacks, Error: text(t.Error),
		Models: slices.Clone(t.Models[:min(len(t.Models), maxModels)]), Tokens: tokensView(t.Tokens), InputPreview: t.InputPreview,
		OutputPreview: t.OutputPreview, Truncated: t.Truncated, Person: c.person, Link: linkView(c.link),
	}
	if v.Models == nil {
		v.Models = []string{}
	}
	v.LatencyS = float64(v.EndMS-v.StartMS) / 1000
	return v
}

// filter checks a request and adds the ids of the person it names.
func (s *Service) filter(ctx context.Context, scope access.Scope, kind listKind, r ListRequest) (store.Filter, store.Page, error) {
	f, p, err := r.narrow(kind)
	if err == nil && r.Person != "" {
		f.DistinctIDs, err = s.idsOf(ctx, scope, r.Person)
	}
	return f, p, err
}

// past asks for one row more than is shown: whether there is a next page.
func past(p store.Page) store.Page {
	p.Limit++
	return p
}
