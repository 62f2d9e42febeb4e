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

var _ store.Experiences = (*Store)(nil)

// experiencedFrom is the earliest time of receipt of rows with experiences of these traces; "" stands for generations outside of any trace.
func (s *Store) experiencedFrom(project string, traceIDs []string) int64 {
	from := int64(math.MaxInt64)
	for _, id := range traceIDs {
		if id == "" {
			return math.MinInt64
		}
		from = min(from, s.tracesReceived(project, id).first)
	}
	return from
}

// Experiences implements store.Experiences.
func (s *Store) Experiences(ctx context.Context, project string, traceIDs []string, ids []uuid.UUID) ([]model.Experience, error) {
	return s.experiences(ctx, project, s.recent.withExperiences(project, traceIDs), ids)
}

// experiences is Experiences from the table.
func (s *Store) experiences(ctx context.Context, project string, traceIDs []string, ids []uuid.UUID) ([]model.Experience, error) {
	if len(traceIDs) == 0 || len(ids) == 0 {
		return nil, nil
	}
	uuids := make([]string, len(ids))
	for i := range ids {
		uuids[i] = ids[i].String()
	}
	v := values{
		"project": project, "rules": int64(model.ExperienceRules), "trace_ids": traceIDs, "uuids": uuids, "from_ms": s.experiencedFrom(project, traceIDs),
	}
	return rowsRead(ctx, s.readUnnoticed, "experiences", table.Experiences, "experiences_of", v)
}

// StoreExperiences implements store.Experiences, in one transaction. Like Commit, it cannot be cancelled once it has begun.
func (s *Store) StoreExperiences(ctx context.Context, rows []model.Experience) error {
	return replaceRows(ctx, s, "experiences", rows, rowsToReplace[model.Experience]{
		table: table.Experiences, statement: "experiences_replaced",
		forgotten: func(x *model.Experience) bool { return s.forgotten(x.Project, x.TimeMS, x.DerivedMS) },
		replaced: func(rows []model.Experience) []driver.NamedValue {
			return s.replacedExperiences(rows, s.recent.replacingExperiences(rows))
		},
		stored: s.recent.storedExperiences,
	})
}

// replacedExperiences are the keys of picked rows that may be stored already, as arguments of the statement that deletes them. nil means none.
func (s *Store) replacedExperiences(rows []model.Experience, picked []int) []driver.NamedValue {
	if len(picked) == 0 {
		return nil
	}
	projects, traceIDs, uuids, rules := make([]string, len(picked)), make([]string, len(picked)), make([]string, len(picked)), make([]int32, len(picked))
	ofTraces := map[string][]string{}
	for i, n := range picked {
		x := &rows[n]
		projects[i], traceIDs[i], uuids[i], rules[i] = table.Clean(x.Project), table.Clean(x.TraceID), x.UUID.String(), x.Rules
		ofTraces[projects[i]] = append(ofTraces[projects[i]], traceIDs[i])
	}
	from := int64(math.MaxInt64)
	for project, ids := range ofTraces {
		from = min(from, s.experiencedFrom(project, ids))
	}
	return arguments("experiences_replaced", map[string]any{"projects": projects, "trace_ids": traceIDs, "uuids": uuids, "rules": rules, "from_ms": from})
}

// LinksOf implements store.Experiences.
func (s *Store) LinksOf(ctx context.Context, project string, sessionIDs []string) ([]model.Link, error) {
	if len(sessionIDs) == 0 {
		return nil, nil
	}
	v := values{"project": project, "rules": int64(model.LinkRules), "session_ids": sessionIDs, "from_ms": s.linkedFrom(project, sessionIDs...)}
	return rowsRead(ctx, s.readUnnoticed, "links to sessions", table.Links, "links_of_sessions", v)
}

// Unexperienced implements store.Experiences.
func (s *Store) Unexperienced(ctx context.Context, which store.Which, after model.Subject, limit int) ([]model.Subject, error) {
	v := values{
		"from_ms": which.FromMS, "to_ms": which.ToMS, "due_ms": which.DueMS, "rules": int64(model.ExperienceRules), "link_rules": int64(model.LinkRules),
		"before": int64(store.AroundBeforeMS), "behind": int64(store.AroundAfterMS),
		"project": after.Project, "trace_id": after.TraceID, "uuid": after.UUID.String(), "limit": int64(limit),
	}
	return s.subjects(ctx, "subjects without experience", "unexperienced", v)
}
