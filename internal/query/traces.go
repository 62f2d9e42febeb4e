package query

import (
	"context"
	"slices"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// Traces lists traces, latest activity first unless another order is requested.
func (s *Service) Traces(ctx context.Context, scope access.Scope, r ListRequest) (List[Trace], error) {
	p, err := r.part(listTraces, filter.Traces)
	if err != nil {
		return List[Trace]{}, err
	}
	a, err := s.understand(ctx, scope, filter.Traces, r.Narrowing)
	if err != nil {
		return List[Trace]{}, err
	}
	var rows []model.TraceSummary
	var positions []store.Position
	var searched *store.Searched
	var ctxs contexts
	var texts previews
	total, err := s.total(ctx, r, a, func(ctx context.Context) error {
		var first []model.Event
		var err error
		if rows, positions, first, searched, err = s.tracesAsked(ctx, scope, a, p); err != nil {
			return err
		}
		ctxs, texts, err = s.ofRows(ctx, scope, shown(rows, p.Limit), first)
		return err
	})
	if err != nil {
		return List[Trace]{}, err
	}
	return list(listTraces, r, p, rows, positions, searched, total, func(t *model.TraceSummary) Trace { return traceView(t, ctxs.traces[t.ID], texts) }), nil
}

// ofRows reads what rows of traces show besides their sums: links, persons and previews. first are the events of these traces that were already read.
func (s *Service) ofRows(ctx context.Context, scope access.Scope, rows []model.TraceSummary, first []model.Event) (ctxs contexts, texts previews, err error) {
	ids := make([]string, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	err = store.Together(ctx, func(ctx context.Context) error {
		events, err := s.deepen(ctx, scope, ids, first)
		if err != nil {
			return err
		}
		ctxs, err = s.contextsOf(ctx, scope, ids, nil, events)
		return err
	}, func(ctx context.Context) (err error) {
		texts, err = s.previewsOfTraces(ctx, scope, rows)
		return err
	})
	return ctxs, texts, err
}

// tracesAsked reads a part of the list and one trace more, with their first events.
func (s *Service) tracesAsked(ctx context.Context, scope access.Scope, a asked, p store.Part) (rows []model.TraceSummary, positions []store.Position, first []model.Event, searched *store.Searched, err error) {
	found, err := s.find(ctx, scope, a, p)
	if err != nil {
		return nil, nil, nil, nil, err
	}
	rows, first, err = s.store.TracesNamed(ctx, a.Project, store.IDs(found.Rows), traceEvents)
	rows, positions = inOrder(found.Rows, rows, func(t *model.TraceSummary) string { return t.ID })
	return rows, positions, first, found.Searched, wrap(err, "read traces")
}

// maxModels is how many models a row lists.
const maxModels = 100

func traceView(t *model.TraceSummary, c rowContext, texts previews) Trace {
	v := Trace{
		ID: t.ID, Name: text(t.Title), ConversationID: text(t.ConversationID),
		StartMS: t.FirstMS, EndMS: max(t.EndMS, t.FirstMS), LastMS: t.LastMS, SummedS: t.SummedLatencyMS / 1000,
		Generations: t.Generations, Spans: t.Spans, Errors: t.Errors, Stopped: t.Stopped, Feedbacks: t.Feedbacks, Error: text(t.Error),
		InputPreview: texts[t.FirstGeneration.UUID].Input, OutputPreview: texts[t.LastGeneration.UUID].Output,
		Models: slices.Clone(t.Models[:min(len(t.Models), maxModels)]), Tokens: tokensView(t.Tokens), CostUSD: nanos(t.CostNanos), Unpriced: t.Unpriced,
		Truncated: t.Truncated, Person: c.person, Link: linkView(c.link, c.project), Seen: seenView(c.felt), Reaction: reactionView(c.felt, c.weights),
	}
	if v.Models == nil {
		v.Models = []string{}
	}
	v.LatencyS = float64(v.EndMS-v.StartMS) / 1000
	if t.Tokens.Output >= 0 && t.SummedLatencyMS > 0 {
		rate := float64(t.Tokens.Output) / v.SummedS
		v.TokensPerS = &rate
	}
	return v
}
