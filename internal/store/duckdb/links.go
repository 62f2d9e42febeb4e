//go:build cgo

package duckdb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"math"
	"slices"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/table"
)

var _ store.Links = (*Store)(nil)

// derivedOf is the time of receipt of the first event from which links of traces can be derived: earlier row groups are skipped.
func (s *Store) derivedOf(traceIDs map[string][]string) int64 {
	from := int64(math.MaxInt64)
	for project, ids := range traceIDs {
		from = min(from, s.tracesReceived(project, ids...).first)
	}
	return from
}

// Links implements store.Links.
func (s *Store) Links(ctx context.Context, project string, of []model.Subject) ([]model.Link, error) {
	known, rest := s.recent.links(project, of)
	all, err := s.links(ctx, project, rest)
	return append(all, known...), err
}

// links is Links from the table.
func (s *Store) links(ctx context.Context, project string, of []model.Subject) (all []model.Link, err error) {
	var traces, outside []string
	for _, o := range of {
		if o.TraceID != "" {
			traces = append(traces, o.TraceID)
		} else {
			outside = append(outside, o.UUID.String())
		}
	}
	from := s.derivedOf(map[string][]string{project: traces})
	if len(outside) > 0 {
		traces, from = append(traces, ""), math.MinInt64
	}
	if len(traces) == 0 {
		return nil, nil
	}
	v := values{"project": project, "rules": int64(model.LinkRules), "trace_ids": traces, "uuids": outside, "from_ms": from}
	return rowsRead(ctx, s.readUnnoticed, "links", table.Links, "links_of", v)
}

// LinksNamed implements store.Links.
func (s *Store) LinksNamed(ctx context.Context, project string, keys []model.LinkKey) ([]model.Link, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	of, wanted := make([]model.Subject, len(keys)), make(map[model.LinkKey]bool, len(keys))
	for i, k := range keys {
		of[i] = model.Subject{Project: project, TraceID: k.TraceID}
		if k.TraceID == "" {
			of[i].UUID = k.UUID
		}
		wanted[model.LinkKey{TraceID: table.Clean(k.TraceID), UUID: k.UUID}] = true
	}
	known, rest := s.recent.links(project, of)
	known = slices.DeleteFunc(known, func(l model.Link) bool { return !wanted[model.LinkKey{TraceID: l.TraceID, UUID: l.UUID}] })
	if len(rest) == 0 {
		return known, nil
	}
	var traces, ids []string
	for _, o := range rest {
		traces = append(traces, o.TraceID)
	}
	for _, k := range keys {
		ids = append(ids, k.UUID.String())
	}
	from := s.derivedOf(map[string][]string{project: traces})
	if slices.Contains(traces, "") {
		from = math.MinInt64
	}
	v := values{"project": project, "rules": int64(model.LinkRules), "trace_ids": traces, "uuids": ids, "from_ms": from}
	all, err := rowsRead(ctx, s.read, "links", table.Links, "links_named", v)
	return append(all, known...), err
}

// LinkedTo implements store.Links.
func (s *Store) LinkedTo(ctx context.Context, project, sessionID string, limit int) ([]model.Link, error) {
	v := values{"project": project, "rules": int64(model.LinkRules), "session_id": sessionID, "from_ms": s.linkedFrom(project, sessionID), "limit": int64(limit)}
	return rowsRead(ctx, s.read, "links to a session", table.Links, "linked_to", v)
}

// linkedFrom is a time of receipt before which no trace is linked to sessions: the first of a session's events and blocks may be received a day after a trace that is linked to it, as link.PendingFor
// says, and another day is for what is late itself. Of a session of which nothing is known it is the beginning.
func (s *Store) linkedFrom(project string, sessionIDs ...string) int64 {
	first := min(s.sessionsReceived(project, sessionIDs...).first, s.blocksReceived(project, sessionIDs...).first)
	if first == math.MaxInt64 || first < math.MinInt64+2*dayMS {
		return math.MinInt64
	}
	return first - 2*dayMS
}

const dayMS = 24 * 60 * 60 * 1000

// StoreLinks implements store.Links, in one transaction. Like Commit, it cannot be cancelled once it has begun.
func (s *Store) StoreLinks(ctx context.Context, links []model.Link) error {
	return replaceRows(ctx, s, "links", links, rowsToReplace[model.Link]{
		table: table.Links, statement: "links_replaced",
		forgotten: func(l *model.Link) bool { return s.forgotten(l.Project, l.TimeMS, l.DerivedMS) },
		replaced:  func(links []model.Link) []driver.NamedValue { return s.replaced(links, s.recent.replacing(links)) },
		stored: func(links []model.Link) {
			s.recent.stored(links)
			s.linksChanged(links)
		},
	})
}

// replaced are the keys of picked links that may be stored already, as arguments of the statement that deletes them. nil means none.
func (s *Store) replaced(links []model.Link, picked []int) []driver.NamedValue {
	if len(picked) == 0 {
		return nil
	}
	var projects, traceIDs, uuids []string
	var rules []int32
	ofTraces := map[string][]string{}
	from := int64(math.MaxInt64)
	for _, i := range picked {
		l := &links[i]
		project, trace := table.Clean(l.Project), table.Clean(l.TraceID)
		projects, traceIDs, uuids, rules = append(projects, project), append(traceIDs, trace), append(uuids, l.UUID.String()), append(rules, l.Rules)
		if trace != "" {
			ofTraces[project] = append(ofTraces[project], trace)
		}
		from = min(from, l.ReceivedMS)
	}
	return arguments("links_replaced", map[string]any{"projects": projects, "trace_ids": traceIDs, "uuids": uuids, "rules": rules, "from_ms": min(from, s.derivedOf(ofTraces))})
}

// Subjects implements store.Links.
func (s *Store) Subjects(ctx context.Context, which store.Which, after model.Subject, limit int) ([]model.Subject, error) {
	v := values{
		"from_ms": which.FromMS, "to_ms": which.ToMS, "due_ms": which.DueMS, "rules": int64(model.LinkRules),
		"project": after.Project, "trace_id": after.TraceID, "uuid": after.UUID.String(), "limit": int64(limit),
	}
	return s.subjects(ctx, "subjects", "subjects", v)
}

// subjects are the subjects that a statement finds.
func (s *Store) subjects(ctx context.Context, what, statement string, v values) (all []model.Subject, err error) {
	err = s.readUnnoticed(ctx, what, func(db *sql.DB) error {
		all = nil
		return query(ctx, db, statement, v, func(rows *sql.Rows) error {
			var one model.Subject
			err := rows.Scan(&one.Project, &one.TraceID, id(&one.UUID))
			all = append(all, one)
			return err
		})
	})
	return all, err
}

// SubjectsOf implements store.Links.
func (s *Store) SubjectsOf(ctx context.Context, project string, sessionIDs []string, limit int) (all []model.Subject, err error) {
	if len(sessionIDs) == 0 {
		return nil, nil
	}
	v := values{
		"project": project, "session_ids": sessionIDs, "limit": int64(limit), "rules": int64(model.LinkRules), "from_ms": s.linkedFrom(project, sessionIDs...),
	}.received(s.sessionsReceived(project, sessionIDs...))
	err = s.readUnnoticed(ctx, "subjects of sessions", func(db *sql.DB) error {
		all = nil
		return query(ctx, db, "subjects_of", v, func(rows *sql.Rows) error {
			one := model.Subject{Project: project, UUID: uuid.Nil}
			err := rows.Scan(&one.TraceID, id(&one.UUID))
			all = append(all, one)
			return err
		})
	})
	return all, err
}

// LinksReceived implements store.Links.
func (s *Store) LinksReceived(ctx context.Context) (ms int64, err error) {
	v := values{"rules": int64(model.LinkRules)}
	err = s.readUnnoticed(ctx, "links received", func(db *sql.DB) error {
		var oldest, outdated int64
		if err := query(ctx, db, "links_received", v, func(rows *sql.Rows) error { return rows.Scan(&ms, &oldest) }); err != nil || oldest >= model.LinkRules {
			return err
		}
		err := query(ctx, db, "links_outdated", v, func(rows *sql.Rows) error { return rows.Scan(&outdated) })
		if outdated > 0 {
			ms = 0
		}
		return err
	})
	return ms, err
}
