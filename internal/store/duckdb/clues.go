//go:build cgo

package duckdb

import (
	"context"
	"database/sql/driver"
	"math"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/table"
)

var _ store.Clues = (*Store)(nil)

// StoreClues implements store.Clues, in one transaction. Like Commit, it cannot be cancelled once it has begun.
func (s *Store) StoreClues(ctx context.Context, clues []model.Clue) error {
	return replaceRows(ctx, s, "clues", clues, rowsToReplace[model.Clue]{
		table: table.Clues, statement: "clues_replaced",
		forgotten: func(c *model.Clue) bool { return s.forgotten(c.Project, c.TimeMS, c.DerivedMS) },
		replaced:  replacedClues,
	})
}

// replacedClues are the blocks and traces whose clues may be stored already, each once: they have dozens of clues.
func replacedClues(clues []model.Clue) []driver.NamedValue {
	type owner struct {
		project string
		uuid    uuid.UUID
		rules   int32
	}
	owners := map[owner]struct{}{}
	from, to := int64(math.MaxInt64), int64(math.MinInt64)
	for i := range clues {
		c := &clues[i]
		owners[owner{table.Clean(c.Project), c.UUID, c.Rules}] = struct{}{}
		from, to = min(from, c.TimeMS), max(to, c.TimeMS)
	}
	var projects, uuids []string
	var rules []int32
	for o := range owners {
		projects, uuids, rules = append(projects, o.project), append(uuids, o.uuid.String()), append(rules, o.rules)
	}
	return arguments("clues_replaced", map[string]any{"projects": projects, "uuids": uuids, "rules": rules, "from_ms": from, "to_ms": to})
}

// Clues implements store.Clues.
func (s *Store) Clues(ctx context.Context, project string, q store.ClueQuestion) (all []model.Clue, err error) {
	if len(q.Hashes) == 0 {
		return nil, nil
	}
	v := values{"project": project, "rules": int64(model.ClueRules), "recorded": q.Recorded, "from_ms": q.FromMS, "to_ms": q.ToMS, "hashes": q.Hashes, "limit": int64(q.Limit)}
	return rowsRead(ctx, s.readUnnoticed, "clues", table.Clues, "clues_of", v)
}
