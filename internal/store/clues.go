package store

import (
	"cmp"
	"context"
	"slices"

	"github.com/playheadhq/playhead/internal/model"
)

// Clues stores the clues by which traces and recordings are matched. Several servers may store the same clues. Reads return only clues of
// model.ClueRules.
type Clues interface {
	// StoreClues stores clues, which replace those with the same keys. An engine may drop other clues of the same uuid.
	StoreClues(ctx context.Context, clues []model.Clue) error
	// Clues returns clues in no order, at most q.Limit.
	Clues(ctx context.Context, project string, q ClueQuestion) ([]model.Clue, error)
}

// ClueQuestion says which clues are wanted.
type ClueQuestion struct {
	Hashes []int64
	// Recorded selects clues of recordings instead of those of traces.
	Recorded bool
	// FromMS and ToMS are a range of the server's time that the clue's time must overlap: AtMS < ToMS and EndMS >= FromMS.
	FromMS, ToMS int64
	Limit        int
}

// MergeUploads merges two lists of uploads, each by ReceivedMS.
func MergeUploads(a, b []model.Upload) []model.Upload {
	switch {
	case len(b) == 0:
		return a
	case len(a) == 0:
		return b
	}
	a = append(a, b...)
	slices.SortFunc(a, func(x, y model.Upload) int {
		return cmp.Or(cmp.Compare(x.ReceivedMS, y.ReceivedMS), cmp.Compare(x.SentMS, y.SentMS))
	})
	return a
}
