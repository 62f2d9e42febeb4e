package store

import (
	"context"

	"github.com/playheadhq/playhead/internal/model"
)

// Links keeps what is derived of events and recordings. Any number of servers may store the same.
type Links interface {
	// Links returns the stored links of subjects of one project by model.LinkRules, in no order: those of a trace, and of all that is in it.
	Links(ctx context.Context, project string, of []model.Subject) ([]model.Link, error)
	// StoreLinks stores links, which take the places of those with their keys. Of one key's that several servers store, the one derived
	// last stays.
	StoreLinks(ctx context.Context, links []model.Link) error
	// Subjects lists what links are derived of, in an order of the engine's own, at most limit, behind after; the zero Subject is at
	// the beginning.
	Subjects(ctx context.Context, which Which, after model.Subject, limit int) ([]model.Subject, error)
	// SubjectsOf lists those with an event in the sessions, at most limit, in no order.
	SubjectsOf(ctx context.Context, project string, sessionIDs []string, limit int) ([]model.Subject, error)
	// LinksReceived is up to when what was received had its links when links were stored last, in Unix milliseconds, of all projects; 0
	// when there are none by model.LinkRules, or some by earlier rules alone: a search after an upgrade may have been interrupted.
	LinksReceived(ctx context.Context) (int64, error)
}

// Which says which subjects are listed.
type Which struct {
	// FromMS and ToMS bound when an event or block was received: FromMS <= t < ToMS.
	FromMS, ToMS int64
	// DueMS, when not 0, leaves out what has links that are right as far as can be seen from the rows: only subjects with an event that
	// their links do not take into account, those that are not linked and of whose session a block was received, and those that became
	// others by DueMS because time has passed.
	DueMS int64
}
