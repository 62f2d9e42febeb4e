package query

import (
	"context"
	"time"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/store"
)

// Newest has the ids of the first rows of a list.
type Newest struct {
	Items []NewestRow `json:"items" nullable:"false" doc:"at most 50, newest first"`
}

// NewestRow is one of them.
type NewestRow struct {
	ID   string `json:"id"`
	AtMS int64  `json:"at_ms" doc:"time of its latest activity"`
}

const (
	// newestAtOnce limits how many of these statements a server runs at once, however many clients follow lists. newestWait is how long a request
	// waits for its turn.
	newestAtOnce = 2
	newestWait   = 2 * time.Second
	// newestPatience is how long text is searched, newest first. Rows that a following client waits for are new, so they are found first.
	newestPatience = 250 * time.Millisecond
)

// Newest returns the ids of the first rows of a list in the order of time, with one statement. A client that follows a list asks every second whether
// they changed, and reads the rows only then. The statement sees the rows of every server of a cluster.
func (s *Service) Newest(ctx context.Context, scope access.Scope, list string, n Narrowing) (Newest, error) {
	of, err := ofWhat(list)
	if err != nil {
		return Newest{}, err
	}
	a, err := s.understand(ctx, scope, of, n)
	if err != nil {
		return Newest{}, err
	}
	waiting, cancel := context.WithTimeout(ctx, newestWait)
	defer cancel()
	if s.newest.Acquire(waiting, 1) != nil {
		if err := ctx.Err(); err != nil {
			return Newest{}, err
		}
		return Newest{}, &Error{Code: CodeUnavailable, Message: "Many lists are being followed. Try again in a few seconds."}
	}
	defer s.newest.Release(1)
	found, err := s.store.Find(ctx, a.Question, store.Part{Sort: filter.Sort{Descending: true}, Limit: DefaultLimit, Patience: newestPatience})
	if err != nil {
		return Newest{}, wrap(err, "list "+list)
	}
	out := Newest{Items: make([]NewestRow, len(found.Rows))}
	for i, row := range found.Rows {
		out.Items[i] = NewestRow{ID: row.ID, AtMS: row.AtMS}
	}
	return out, nil
}
