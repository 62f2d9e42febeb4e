package store

import (
	"context"

	"github.com/playheadhq/playhead/internal/model"
)

// Dumper reads everything, in order to move it to another storage, and looks up whether it arrived there.
type Dumper interface {
	// Dump returns rows that follow the cursor after, "" for the first ones, and the cursor of the rows behind them, "" when
	// there are none. Rows come in an order of the engine's own, in which what is committed meanwhile may be missed or
	// not. A batch holds one kind of rows, at most limit of them: events with their contents, then identities, blocks, and
	// refusals. Refusals are sums, one or two rows of each project, reason, event and library: the first and last of their times.
	Dump(ctx context.Context, after string, limit int) (b *Batch, next string, err error)
	// Stored returns what is stored under the keys of b's rows, in no order. Of refusals it returns the sums with the same
	// project, reason, event and library.
	Stored(ctx context.Context, b *Batch) (*Batch, error)
	// Size counts the events and blocks of all projects.
	Size(ctx context.Context) (events, blocks int64, err error)
}

// RefusalRows writes a sum of refusals, of which the first was at firstMS, as the one or two rows that add up to it.
func RefusalRows(sum model.Refusal, firstMS int64) []model.Refusal {
	if firstMS == sum.AtMS || sum.Count < 2 {
		return []model.Refusal{sum}
	}
	first := sum
	first.AtMS, first.Count, first.Bytes = firstMS, 1, 0
	sum.Count--
	return []model.Refusal{first, sum}
}
