package store

import (
	"context"

	"github.com/playheadhq/playhead/internal/model"
)

// Costs changes what stored calls cost, for when prices have changed.
type Costs interface {
	// Calls lists the generations and embeddings of all projects that began in a range, by start, project and uuid, at most limit, behind
	// after; nil is at the beginning.
	Calls(ctx context.Context, r CallRange, after *model.Event, limit int) ([]model.Event, error)
	// SetCosts stores the costs of events that Calls listed in the places of those that they have. They stay when the events are sent again.
	// Of two changes of one event the later stays. When it fails, some may have been changed.
	SetCosts(ctx context.Context, events []model.Event) error
}

// CallRange is of calls that began at FromMS or later, and before ToMS.
type CallRange struct{ FromMS, ToMS int64 }
