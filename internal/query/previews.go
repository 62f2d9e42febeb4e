package query

import (
	"context"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// previews are the texts that lists show of events, by uuid. An event without any preview is left out.
type previews map[uuid.UUID]model.Preview

// previewsOf reads the previews of events. keys may be zero or repeated.
func (s *Service) previewsOf(ctx context.Context, keys []model.Key) (previews, error) {
	wanted := make([]model.Key, 0, len(keys))
	seen := make(map[model.Key]bool, len(keys))
	for _, k := range keys {
		if k.UUID != uuid.Nil && !seen[k] {
			seen[k] = true
			wanted = append(wanted, k)
		}
	}
	found, err := s.store.Previews(ctx, wanted)
	if err != nil {
		return nil, wrap(err, "read previews")
	}
	all := make(previews, len(found))
	for _, p := range found {
		all[p.UUID] = p
	}
	return all, nil
}

// previewsOfTraces reads the previews of the generations that represent traces in lists.
func (s *Service) previewsOfTraces(ctx context.Context, scope access.Scope, rows []model.TraceSummary) (previews, error) {
	keys, shown := make([]model.Key, 0, 2*len(rows)), make([]inTrace, 0, 2*len(rows))
	for i := range rows {
		for _, k := range []model.Key{rows[i].FirstGeneration, rows[i].LastGeneration} {
			keys, shown = append(keys, k), append(shown, inTrace{rows[i].ID, k.UUID})
		}
	}
	return s.previewsJoined(ctx, scope, keys, shown)
}

// previewsJoined reads the previews of events with what was sent apart from them. shown are the same events with their traces.
func (s *Service) previewsJoined(ctx context.Context, scope access.Scope, keys []model.Key, shown []inTrace) (previews, error) {
	texts, err := s.previewsOf(ctx, keys)
	if err != nil {
		return nil, err
	}
	return texts, s.joinPreviews(ctx, scope, shown, texts)
}

// shownOf reads what the rows of events show beside them: links, persons and previews.
func (s *Service) shownOf(ctx context.Context, scope access.Scope, events []model.Event, known map[string][]model.Event) (ctxs contexts, p previews, err error) {
	keys, shown := make([]model.Key, len(events)), make([]inTrace, len(events))
	for i := range events {
		shown[i] = inTrace{events[i].TraceID, events[i].UUID}
		keys[i] = model.Key{Project: scope.Project, UUID: events[i].UUID, TimeMS: events[i].TimeMS}
	}
	err = store.Together(ctx, func(ctx context.Context) (err error) {
		ctxs, err = s.contextsOf(ctx, scope, nil, events, known)
		return err
	}, func(ctx context.Context) (err error) {
		p, err = s.previewsJoined(ctx, scope, keys, shown)
		return err
	})
	return ctxs, p, err
}
