package store

import (
	"context"

	"github.com/playheadhq/playhead/internal/model"
)

// Costs changes stored calls: their costs after prices have changed, and what they are when other reports of them arrive.
type Costs interface {
	// Calls lists the generations and embeddings of all projects that began in a range, sorted by start, project and uuid, at most limit, after a
	// given one; nil means the beginning.
	Calls(ctx context.Context, r CallRange, after *model.Event, limit int) ([]model.Event, error)
	// SetCosts replaces the costs of events that Calls listed. The new costs are kept when the events are sent again. Of two changes of one event,
	// the later one is kept. If it fails, some may have been changed.
	SetCosts(ctx context.Context, events []model.Event) error
	// SetReports replaces what package reports changes of stored events: kind, begin, durations, usage, tools and cost. The rest, and the rules, are those
	// of SetCosts. An event's new begin must not be behind its old one.
	SetReports(ctx context.Context, events []model.Event) error
}

// CallRange selects calls that began at FromMS or later, and before ToMS.
type CallRange struct{ FromMS, ToMS int64 }
