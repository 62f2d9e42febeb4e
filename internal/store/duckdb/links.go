//go:build cgo

package duckdb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"math"
	"slices"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/duckdb/journal"
	"github.com/playheadhq/playhead/internal/store/table"
)

var _ store.Links = (*Store)(nil)

// derivedOf is when the first event was received that links of traces can be derived of: row groups before are skipped.
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

// links is Links out of the table.
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
	err = s.readUnnoticed(ctx, "links", func(db *sql.DB) error {
		all, err = rowsOf(ctx, db, table.Links, "links_of", v)
		return err
	})
	return all, err
}

// StoreLinks implements store.Links, in one transaction. Like Commit it is not cancelled once it has begun.
func (s *Store) StoreLinks(ctx context.Context, links []model.Link) error {
	if err := ctx.Err(); err != nil || len(links) == 0 {
		return err
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	s.active()
	if err := s.room(); err != nil {
		return err
	}
	if links = slices.DeleteFunc(slices.Clone(links), s.forgotten); len(links) == 0 {
		return nil
	}
	replaced := s.replaced(links, s.recent.replacing(links))
	ctx = context.WithoutCancel(ctx)
	var used *engine
	err := s.use(ctx, func(e *engine) error {
		used = e
		if err := e.exec(ctx, "BEGIN TRANSACTION"); err != nil {
			return err
		}
		if replaced != nil {
			if _, err := e.writer.ExecContext(ctx, queries["links_replaced"], replaced); err != nil {
				return err // closing the engine rolls back
			}
		}
		if err := appendRows(e, table.Links, links, indices(len(links))); err != nil {
			return err
		}
		if err := e.exec(ctx, "COMMIT"); err != nil {
			return err
		}
		if err := e.journal.Record(journal.Changed, 0, 0); err != nil {
			return err
		}
		s.recent.stored(links)
		return nil
	})
	if err != nil {
		s.broken(used, err) // as after a commit, nobody knows whether it is stored
		return fmt.Errorf("store %d links: %w", len(links), classify(err))
	}
	return nil
}

// replaced names those of the picked links that may be stored already, for the statement that deletes them. Nil: there are none.
func (s *Store) replaced(links []model.Link, picked []int) (args []driver.NamedValue) {
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
	given := map[string]any{"projects": projects, "trace_ids": traceIDs, "uuids": uuids, "rules": rules, "from_ms": min(from, s.derivedOf(ofTraces))}
	for i, name := range parameters["links_replaced"] {
		args = append(args, driver.NamedValue{Name: name, Ordinal: i + 1, Value: given[name]})
	}
	return args
}

// Subjects implements store.Links.
func (s *Store) Subjects(ctx context.Context, which store.Which, after model.Subject, limit int) (all []model.Subject, err error) {
	v := values{
		"from_ms": which.FromMS, "to_ms": which.ToMS, "due_ms": which.DueMS, "rules": int64(model.LinkRules),
		"project": after.Project, "trace_id": after.TraceID, "uuid": after.UUID.String(), "limit": int64(limit),
	}
	err = s.readUnnoticed(ctx, "subjects", func(db *sql.DB) error {
		all = nil
		return query(ctx, db, "subjects", v, func(rows *sql.Rows) error {
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
	received := s.sessionsReceived(project, sessionIDs...)
	if received.empty() {
		return nil, nil
	}
	v := values{"project": project, "session_ids": sessionIDs, "limit": int64(limit)}.received(received)
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
