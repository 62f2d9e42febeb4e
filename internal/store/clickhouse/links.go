package clickhouse

import (
	"context"
	"fmt"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/table"
)

var _ store.Links = (*Store)(nil)

// Links implements store.Links.
func (s *Store) Links(ctx context.Context, project string, of []model.Subject) (all []model.Link, err error) {
	traces, outside := []string{}, []uuid.UUID{}
	for _, o := range of {
		if o.TraceID != "" {
			traces = append(traces, o.TraceID)
		} else {
			outside = append(outside, o.UUID)
		}
	}
	if len(outside) > 0 {
		traces = append(traces, "")
	}
	if len(traces) == 0 {
		return nil, nil
	}
	v := values{"project": project, "rules": int32(model.LinkRules), "trace_ids": traces, "uuids": outside}
	err = s.read(ctx, "links", func(ctx context.Context, conn driver.Conn) error {
		all, err = rowsOf(ctx, conn, table.Links, "links_of", v)
		return err
	})
	return all, err
}

// StoreLinks implements store.Links. A server whose reading began before another's, and that stores after it, does not hide what the
// other one found: the version is when reading began.
func (s *Store) StoreLinks(ctx context.Context, links []model.Link) error {
	if err := ctx.Err(); err != nil || len(links) == 0 {
		return err
	}
	if s.closed.Load() {
		return fmt.Errorf("store links: %w", errClosed)
	}
	byVersion := map[int64][]*model.Link{}
	for i := range links {
		l := &links[i]
		byVersion[l.DerivedMS] = append(byVersion[l.DerivedMS], l)
	}
	limited, cancel := context.WithTimeout(ctx, s.options.CommitTimeout)
	defer cancel()
	for derivedMS, rows := range byVersion {
		n := inserted[model.Link]{table.Links, rows, nil, uint64(max(derivedMS, 1))}
		err := n.insert(limited, s.conn)
		if err != nil && limited.Err() == nil && dead(err) {
			err = n.insert(limited, s.conn)
		}
		switch {
		case err == nil:
		case ctx.Err() != nil:
			return fmt.Errorf("store links: %w", ctx.Err())
		default:
			return fmt.Errorf("store %d links: %w", len(links), classify(err))
		}
	}
	return nil
}

// Subjects implements store.Links.
func (s *Store) Subjects(ctx context.Context, which store.Which, after model.Subject, limit int) (all []model.Subject, err error) {
	v := values{
		"from_ms": which.FromMS, "to_ms": which.ToMS, "due_ms": which.DueMS, "rules": int32(model.LinkRules),
		"project": after.Project, "trace_id": after.TraceID, "uuid": after.UUID, "limit": uint64(limit),
	}
	err = s.read(ctx, "subjects", func(ctx context.Context, conn driver.Conn) error {
		all = nil
		return query(ctx, conn, "subjects", v, func(r driver.Rows) error {
			var one model.Subject
			err := r.Scan(&one.Project, &one.TraceID, &one.UUID)
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
	v := values{"project": project, "session_ids": sessionIDs, "limit": uint64(limit)}
	err = s.read(ctx, "subjects of sessions", func(ctx context.Context, conn driver.Conn) error {
		all = nil
		return query(ctx, conn, "subjects_of", v, func(r driver.Rows) error {
			one := model.Subject{Project: project}
			err := r.Scan(&one.TraceID, &one.UUID)
			all = append(all, one)
			return err
		})
	})
	return all, err
}

// LinksReceived implements store.Links.
func (s *Store) LinksReceived(ctx context.Context) (ms int64, err error) {
	err = s.read(ctx, "links received", func(ctx context.Context, conn driver.Conn) error {
		v := values{"rules": int32(model.LinkRules)}
		var oldest int32
		if err := query(ctx, conn, "links_received", v, func(r driver.Rows) error { return r.Scan(&ms, &oldest) }); err != nil || oldest >= model.LinkRules {
			return err
		}
		var outdated uint64
		err := query(ctx, conn, "links_outdated", v, func(r driver.Rows) error { return r.Scan(&outdated) })
		if outdated > 0 {
			ms = 0
		}
		return err
	})
	return ms, err
}
