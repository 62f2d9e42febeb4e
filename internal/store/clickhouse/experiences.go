package clickhouse

import (
	"context"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/table"
)

var _ store.Experiences = (*Store)(nil)

// Experiences implements store.Experiences.
func (s *Store) Experiences(ctx context.Context, project string, traceIDs []string, ids []uuid.UUID) ([]model.Experience, error) {
	if len(traceIDs) == 0 || len(ids) == 0 {
		return nil, nil
	}
	v := values{"project": project, "rules": int32(model.ExperienceRules), "trace_ids": traceIDs, "uuids": ids}
	key := func(x *model.Experience) model.LinkKey { return model.LinkKey{TraceID: x.TraceID, UUID: x.UUID} }
	return onceRead(ctx, s, "experiences", table.Experiences, "experiences_of", v, key)
}

// StoreExperiences implements store.Experiences. As for links, the version is the time at which reading began.
func (s *Store) StoreExperiences(ctx context.Context, rows []model.Experience) error {
	return storeDerived(ctx, s, table.Experiences, "experiences", rows, func(x *model.Experience) int64 { return x.DerivedMS })
}

// LinksOf implements store.Experiences.
func (s *Store) LinksOf(ctx context.Context, project string, sessionIDs []string) ([]model.Link, error) {
	if len(sessionIDs) == 0 {
		return nil, nil
	}
	v := values{"project": project, "rules": int32(model.LinkRules), "session_ids": sessionIDs}
	return rowsRead(ctx, s, "links to sessions", table.Links, "links_of_sessions", v)
}

// Unexperienced implements store.Experiences.
func (s *Store) Unexperienced(ctx context.Context, which store.Which, after model.Subject, limit int) ([]model.Subject, error) {
	v := values{
		"from_ms": which.FromMS, "to_ms": which.ToMS, "due_ms": which.DueMS, "rules": int32(model.ExperienceRules), "link_rules": int32(model.LinkRules),
		"before": int64(store.AroundBeforeMS), "behind": int64(store.AroundAfterMS),
		"project": after.Project, "trace_id": after.TraceID, "uuid": after.UUID, "limit": uint64(limit),
	}
	return s.subjects(ctx, "subjects without experience", "unexperienced", v)
}
