package store

import (
	"context"

	"github.com/playheadhq/playhead/internal/model"
)

// Costs changes the costs of stored calls after prices have changed.
type Costs interface {
	// Calls lists the generations and embeddings of all projects that began in a range, sorted by start, project and uuid, at most limit, after a
	// given one; nil means the beginning.
	Calls(ctx context.Context, r CallRange, after *model.Event, limit int) ([]model.Event, error)
	// SetCosts replaces the costs of events that Calls listed. The new costs are kept when the events are sent again. Of two changes of one event,
	// the later one is kept. If it fails, some may have been changed.
	SetCosts(ctx context.Context, events []model.Event) error
}

// CallRange selects calls that began at FromMS or later, and before ToMS.
type CallRange struct{ FromMS, ToMS int64 }
