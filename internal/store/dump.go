package store

import (
	"context"

	"github.com/playheadhq/playhead/internal/model"
)

// Dumper reads everything, to move it to another storage, and checks whether it arrived there.
type Dumper interface {
	// Dump returns the rows after a cursor ("" means the beginning), and the cursor for the rows after those, "" at the end. The order is the
	// engine's own; rows that are committed meanwhile may be missed. A batch contains one kind of rows, at most limit of them: events with their
	// contents, then identities, blocks, saved views and links, and refusals. Refusals are sums, one or two rows for each project, reason, event and
	// library, with the first and the last of their times.
	Dump(ctx context.Context, after string, limit int) (b *Batch, next string, err error)
	// Stored returns the stored rows with the keys of b's rows, in no order. For refusals it returns the sums with the same project, reason, event and
	// library.
	Stored(ctx context.Context, b *Batch) (*Batch, error)
	// Size counts the events and blocks of all projects.
	Size(ctx context.Context) (events, blocks int64, err error)
}

// RefusalRows converts a sum of refusals, whose first one was at firstMS, to one or two rows that add up to it.
func RefusalRows(sum model.Refusal, firstMS int64) []model.Refusal {
	if firstMS == sum.AtMS || sum.Count < 2 {
		return []model.Refusal{sum}
	}
	first := sum
	first.AtMS, first.Count, first.Bytes = firstMS, 1, 0
	sum.Count--
	return []model.Refusal{first, sum}
}
