//go:build cgo

package duckdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store/table"
)

// Saved implements store.Saved.
func (s *Store) Saved(ctx context.Context, project, kind string, id uuid.UUID) (all []model.Saved, err error) {
	return rowsRead(ctx, s.read, "saved", table.Saved, "saved", values{"project": project, "kind": kind, "every": id == uuid.Nil, "id": id.String()})
}
