package store

import (
	"context"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
)

// Activity stores what is derived from recordings. Several servers may store the same rows. Reads return only rows of model.ActivityRules.
type Activity interface {
	// StoreActivity stores rows, which replace those with the same keys. If several servers store one key, the row derived last is kept. rows must
	// not contain a key twice.
	StoreActivity(ctx context.Context, rows []model.Activity) error
	// Activity returns activity of one session, sorted by AtMS, then UUID, then Position.
	Activity(ctx context.Context, project string, q ActivityQuestion) ([]model.Activity, error)
	// ActivityCounts counts the activity of a session between two times, in buckets of stepMS. Kinds are those of rows; in addition,
	// model.ActivityDeadClick and model.ActivityRageClick count clicks of these kinds.
	ActivityCounts(ctx context.Context, project, sessionID string, fromMS, toMS, stepMS int64) ([]ActivityCount, error)
	// BlockActivity returns the rows about blocks of a session that have information: the size of a page, or why a block cannot be read. They are
	// sorted by AtMS, then UUID; at most limit are returned.
	BlockActivity(ctx context.Context, project, sessionID string, limit int) ([]model.Activity, error)
	// SessionOutlines counts what happened in each of the sessions, in at most a given number of buckets, beginning at its FromMS. It leaves out
	// sessions in which nothing of this happened. A call that began before FromMS counts in the first bucket.
	SessionOutlines(ctx context.Context, project string, of []SessionSpan, buckets int) (map[string]*Outline, error)
	// ActivityWith returns clicks and navigations of the sessions whose label contains text, which is in lower case. They are sorted by session,
	// AtMS, UUID and Position; at most limit are returned for each session.
	ActivityWith(ctx context.Context, project string, sessionIDs []string, text string, limit int) ([]model.Activity, error)
	// BlocksOf returns the index rows of all blocks of the named sessions, sorted by session, window, FirstMS, ReceivedMS and UUID.
	BlocksOf(ctx context.Context, project string, sessionIDs []string) ([]model.Block, error)
	// Underived returns blocks of any project that were received in the range FromMS <= t < ToMS and whose activity is not stored, in no order, at
	// most limit.
	Underived(ctx context.Context, fromMS, toMS int64, limit int) ([]model.Block, error)
}

// ActivityQuestion says which activity of a session is wanted.
type ActivityQuestion struct {
	SessionID string
	// WindowID restricts the answer to one window; "" means all.
	WindowID string
	// FromMS and ToMS limit AtMS: FromMS <= t < ToMS.
	FromMS, ToMS int64
	// Kinds are the kinds wanted, which may include model.ActivityDeadClick and model.ActivityRageClick; nil means all.
	Kinds []string
	// Text must be contained in the label, the detail or the page. It is in lower case; "" means any.
	Text string
	// Problems restricts the answer to dead clicks, rage clicks and failures.
	Problems bool
	// After is the row after which the answer begins; the zero value is the beginning.
	After ActivityPosition
	Limit int
}

// ActivityPosition is the position of a row among those of a session.
type ActivityPosition struct {
	AtMS     int64
	UUID     uuid.UUID
	Position int64
}

// ActivityCount is the number of activities of a kind in one bucket; the first bucket is 0.
type ActivityCount struct {
	Kind   string
	Bucket int64
	Count  int64
}

// SessionSpan is a session, with the start and the length of its buckets.
type SessionSpan struct {
	SessionID        string
	FromMS, BucketMS int64
}

// Outline is what happened in a session, in buckets. The buckets after the last one with something are left out.
type Outline struct {
	// Actions are clicks, keys, inputs, scrolls, selections and navigations. Pages are navigations only.
	Actions, Pages []int64
	// Calls are generations and embeddings with the session's id.
	Calls []int64
	// Errors are failed calls, errors of pages, and failed requests and lines of the console.
	Errors []int64
}

// AddOutline adds n to one of at most a given number of buckets of a lane of a session. The lanes have the names of Outline's fields.
func AddOutline(all map[string]*Outline, session, lane string, bucket, n int64, buckets int) {
	if bucket < 0 || bucket >= int64(buckets) {
		return
	}
	o := all[session]
	if o == nil {
		o = &Outline{}
		all[session] = o
	}
	counts := map[string]*[]int64{"actions": &o.Actions, "pages": &o.Pages, "calls": &o.Calls, "errors": &o.Errors}[lane]
	for int64(len(*counts)) <= bucket {
		*counts = append(*counts, 0)
	}
	(*counts)[bucket] += n
}
