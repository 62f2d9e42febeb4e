package store

import (
	"context"

	"github.com/playheadhq/playhead/internal/model"
)

// Links stores what is derived from events and recordings. Several servers may store the same links.
type Links interface {
	// Links returns the stored links, by model.LinkRules, of subjects of one project, in no order: of a trace and of everything in it.
	Links(ctx context.Context, project string, of []model.Subject) ([]model.Link, error)
	// LinksNamed returns the stored links, by model.LinkRules, with the keys, and possibly others of the same traces, in no order.
	LinksNamed(ctx context.Context, project string, keys []model.LinkKey) ([]model.Link, error)
	// LinkedTo returns links of generations and embeddings to a session whose events do not name it (see model.Link.Recognized), by StartMS, at most
	// limit.
	LinkedTo(ctx context.Context, project, sessionID string, limit int) ([]model.Link, error)
	// StoreLinks stores links, which replace those with the same keys. If several servers store one key, the link derived last is kept.
	StoreLinks(ctx context.Context, links []model.Link) error
	// Subjects lists subjects of links, in the engine's own order, at most limit, after a given one; the zero Subject is the beginning.
	Subjects(ctx context.Context, which Which, after model.Subject, limit int) ([]model.Subject, error)
	// SubjectsOf lists the subjects with an event in the sessions, and those that were linked to them by recognition, at most limit, in no order.
	SubjectsOf(ctx context.Context, project string, sessionIDs []string, limit int) ([]model.Subject, error)
	// LinksReceived is the time of receipt up to which everything had links when links were stored last, in Unix milliseconds, for all projects. It
	// is 0 if there are no links by model.LinkRules, or if some links are only by earlier rules: a search after an upgrade may have been interrupted.
	LinksReceived(ctx context.Context) (int64, error)
}

// Which is the condition for listed subjects.
type Which struct {
	// FromMS and ToMS limit when an event or block was received: FromMS <= t < ToMS.
	FromMS, ToMS int64
	// DueMS, if not 0, leaves out subjects whose links are up to date according to the rows. It lists only subjects with an event that is newer than
	// their links, subjects that are not linked and whose session has a new block, and subjects whose link changes by DueMS because time passes.
	DueMS int64
}
