package clickhouse

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/table"
)

var _ store.Costs = (*Store)(nil)

// Calls implements store.Costs.
func (s *Store) Calls(ctx context.Context, r store.CallRange, after *model.Event, limit int) (all []model.Event, err error) {
	v := values{"from_ms": r.FromMS, "to_ms": r.ToMS, "project": "", "uuid": uuid.Nil, "limit": uint64(limit)}
	if after != nil {
		v["from_ms"], v["project"], v["uuid"] = after.StartMS, after.Project, after.UUID
	}
	return rowsRead(ctx, s, "calls", table.Events, "calls", v)
}

// SetCosts implements store.Costs.
func (s *Store) SetCosts(ctx context.Context, events []model.Event) error {
	return s.replaceEvents(ctx, "set costs", events)
}

// SetReports implements store.Costs.
func (s *Store) SetReports(ctx context.Context, events []model.Event) error {
	return s.replaceEvents(ctx, "set reports", events)
}

// replaceEvents stores newer versions of the rows.
func (s *Store) replaceEvents(ctx context.Context, what string, events []model.Event) error {
	n := inserted[model.Event]{table: table.Events}
	for i := range events {
		n.rows, n.sortMS = append(n.rows, &events[i]), append(n.sortMS, sortMS(&events[i]))
	}
	return replace(ctx, s, fmt.Sprintf("%s of %d events", what, len(events)), n)
}

// replaced is the smallest version of rows that replace committed ones. It is above all versions of commits since 1985, which count down from the
// greatest number by the nanoseconds since 1970 (1.67e19 now). A later change has a greater version.
const replaced = 18_000_000_000_000_000_000

// replace stores newer versions of rows with one insert. A row's sorting key stays the same, so all versions are on the same shard and in the same
// partition.
func replace[T any](ctx context.Context, s *Store, what string, n inserted[T]) error {
	if err := ctx.Err(); err != nil || len(n.rows) == 0 {
		return err
	}
	if s.closed.Load() {
		return fmt.Errorf("%s: %w", what, errClosed)
	}
	limited, cancel := context.WithTimeout(ctx, s.options.CommitTimeout)
	defer cancel()
	n.version = replaced + uint64(s.options.Now().UnixMicro())
	err := n.insert(limited, s.conn)
	if err != nil && limited.Err() == nil && dead(err) {
		err = n.insert(limited, s.conn)
	}
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("%s: %w", what, ctx.Err())
	}
	return fmt.Errorf("%s: %w", what, classify(err))
}
