package query

import (
	"context"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// previews are what lists show of events' texts, by uuid. An event of which nothing can be shown has none.
type previews map[uuid.UUID]model.Preview

// previewsOf reads those of the events named; keys may be zero or come twice.
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

// ofTraces are the generations whose previews the rows of traces show.
func ofTraces(rows []model.TraceSummary) []model.Key {
	keys := make([]model.Key, 0, 2*len(rows))
	for i := range rows {
		keys = append(keys, rows[i].FirstGeneration, rows[i].LastGeneration)
	}
	return keys
}

// shownOf reads what the rows of events show beside them: links, persons and previews.
func (s *Service) shownOf(ctx context.Context, scope access.Scope, events []model.Event, known map[string][]model.Event) (ctxs contexts, p previews, err error) {
	keys := make([]model.Key, len(events))
	for i := range events {
		keys[i] = model.Key{Project: scope.Project, UUID: events[i].UUID, TimeMS: events[i].TimeMS}
	}
	err = store.Together(ctx, func(ctx context.Context) (err error) {
		ctxs, err = s.contextsOf(ctx, scope, nil, events, known)
		return err
	}, func(ctx context.Context) (err error) {
		p, err = s.previewsOf(ctx, keys)
		return err
	})
	return ctxs, p, err
}
