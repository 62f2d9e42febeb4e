package clickhouse

import (
	"context"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/table"
)

var _ store.Clues = (*Store)(nil)

// StoreClues implements store.Clues. As for links, the version is the time at which reading began.
func (s *Store) StoreClues(ctx context.Context, clues []model.Clue) error {
	return storeDerived(ctx, s, table.Clues, "clues", clues, func(c *model.Clue) int64 { return c.DerivedMS })
}

// Clues implements store.Clues.
func (s *Store) Clues(ctx context.Context, project string, q store.ClueQuestion) ([]model.Clue, error) {
	if len(q.Hashes) == 0 {
		return nil, nil
	}
	v := values{
		"project": project, "rules": int32(model.ClueRules), "recorded": q.Recorded, "from_ms": q.FromMS, "to_ms": q.ToMS, "hashes": q.Hashes,
		"limit": uint64(q.Limit),
	}
	return rowsRead(ctx, s, "clues", table.Clues, "clues_of", v)
}
