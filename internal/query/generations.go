package query

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// Generations lists generations and embeddings, and spans if kind asks for them, newest first unless another order is requested.
func (s *Service) Generations(ctx context.Context, scope access.Scope, r ListRequest) (List[Generation], error) {
	p, err := r.part(listGenerations, filter.Generations)
	if err != nil {
		return List[Generation]{}, err
	}
	a, err := s.understand(ctx, scope, filter.Generations, r.Narrowing)
	if err != nil {
		return List[Generation]{}, err
	}
	var rows []model.Event
	var positions []store.Position
	var searched *store.Searched
	var ctxs contexts
	var texts previews
	total, err := s.total(ctx, r, a, func(ctx context.Context) (err error) {
		if rows, positions, searched, err = s.eventsAsked(ctx, scope, a, p); err != nil {
			return err
		}
		ctxs, texts, err = s.shownOf(ctx, scope, shown(rows, p.Limit), nil)
		return err
	})
	if err != nil {
		return List[Generation]{}, err
	}
	return list(listGenerations, r, p, rows, positions, searched, total, func(e *model.Event) Generation {
		return generationView(e, ctxs.events[e.UUID], texts[e.UUID])
	}), nil
}

// eventsAsked reads a part of a list of events, and one row more.
func (s *Service) eventsAsked(ctx context.Context, scope access.Scope, a asked, p store.Part) (rows []model.Event, positions []store.Position, searched *store.Searched, err error) {
	found, err := s.find(ctx, scope, a, p)
	if err != nil {
		return nil, nil, nil, err
	}
	keys := make([]model.Key, len(found.Rows))
	for i, f := range found.Rows {
		id, err := uuid.Parse(f.ID)
		if err != nil {
			return nil, nil, nil, fmt.Errorf("read the rows that were found: %w", err)
		}
		keys[i] = model.Key{Project: a.Project, UUID: id, TimeMS: f.AtMS}
	}
	rows, err = s.store.EventsNamed(ctx, keys)
	rows, positions = inOrder(found.Rows, rows, func(e *model.Event) string { return e.UUID.String() })
	return rows, positions, found.Searched, wrap(err, "read "+string(a.Of))
}

// Generation returns one generation, embedding, span or explicit trace by its event's uuid, with the beginning of its content.
func (s *Service) Generation(ctx context.Context, scope access.Scope, id string) (GenerationDetail, error) {
	e, err := s.node(ctx, scope, id)
	if err != nil {
		return GenerationDetail{}, err
	}
	if lacksMeasures(&e) {
		all, err := s.store.TraceEvents(ctx, scope.Project, []string{e.TraceID}, apartEvents)
		if err != nil {
			return GenerationDetail{}, wrap(err, "read events of trace "+e.TraceID)
		}
		measureApart(all)
		for i := range all {
			if all[i].UUID == e.UUID {
				e.FirstTokenMS, e.Tokens = all[i].FirstTokenMS, all[i].Tokens
			}
		}
	}
	var ctxs contexts
	var content Content
	var shown model.Preview
	err = store.Together(ctx, func(ctx context.Context) (err error) {
		ctxs, err = s.contextsOf(ctx, scope, nil, []model.Event{e}, nil)
		return err
	}, func(ctx context.Context) error {
		return s.contents(ctx, scope, []*model.Event{&e}, func(e *model.Event, c *model.Content) (err error) {
			shown = model.Preview{UUID: e.UUID, Input: c.InputPreview, Output: c.OutputPreview}
			content, err = s.contentView(e, c, alone)
			return err
		})
	})
	if err != nil {
		return GenerationDetail{}, err
	}
	return GenerationDetail{Generation: generationView(&e, ctxs.events[e.UUID], shown), Content: content}, nil
}

// node is the event of a generation, embedding, span or explicit trace.
func (s *Service) node(ctx context.Context, scope access.Scope, id string) (model.Event, error) {
	u, err := uuid.Parse(id)
	if err != nil {
		return model.Event{}, badInput("id", "%q is not a generation's id, which is the uuid of its event.", shortened(id))
	}
	e, err := s.store.Event(ctx, scope.Project, u)
	switch {
	case errors.Is(err, store.ErrNotFound), err == nil && !e.Kind.IsNode():
		return model.Event{}, notFound("There is no generation, embedding, span or trace event with the id %s.", u)
	case err != nil:
		return model.Event{}, wrap(err, "read event "+u.String())
	}
	return e, nil
}

func generationView(e *model.Event, c rowContext, p model.Preview) Generation {
	v := Generation{
		ID: e.UUID.String(), Kind: e.Kind.String(), TraceID: e.TraceID, ConversationID: text(e.ConversationID),
		Name: text(e.Title), Model: text(e.Model), Provider: text(e.Provider), StartMS: e.StartMS, EndMS: e.EndMS(),
		LatencyS: seconds(e.LatencyMS), FirstTokenS: seconds(e.FirstTokenMS), TokensPerS: perSecond(e), Tokens: tokensView(e.Tokens),
		ServiceTier: text(e.ServiceTier), CostState: text(e.Cost.State.String()), CostUSD: dollars(e.Cost), CostDetail: costParts(e),
		StopReason: text(e.StopReason), IsError: e.IsError, Stopped: e.Stopped, Error: text(e.Error), InputPreview: p.Input,
		OutputPreview: p.Output, Truncated: e.Truncated, Library: text(e.Library), Person: c.person,
		Link: linkView(c.link, c.project), Seen: seenView(c.felt), Reaction: reactionView(c.felt, c.weights),
	}
	if e.WebSearches > 0 {
		v.WebSearches = &e.WebSearches
	}
	if e.HTTPStatus != 0 {
		v.HTTPStatus = &e.HTTPStatus
	}
	return v
}
