package clickhouse

import (
	"context"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store/table"
)

// Saved implements store.Saved.
func (s *Store) Saved(ctx context.Context, project, kind string, id uuid.UUID) (all []model.Saved, err error) {
	v := values{"project": project, "kind": kind, "id": id, "every": uint8(0)}
	if id == uuid.Nil {
		v["every"] = uint8(1)
	}
	return rowsRead(ctx, s, "saved", table.Saved, "saved", v)
}
