package clickhouse

import (
	"context"

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
	return s.links(ctx, "links_of", v)
}

// LinksNamed implements store.Links.
func (s *Store) LinksNamed(ctx context.Context, project string, keys []model.LinkKey) ([]model.Link, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	traces, ids := make([]string, len(keys)), make([]uuid.UUID, len(keys))
	for i, k := range keys {
		traces[i], ids[i] = k.TraceID, k.UUID
	}
	v := values{"project": project, "rules": int32(model.LinkRules), "trace_ids": traces, "uuids": ids}
	return s.links(ctx, "links_named", v)
}

// links are the links that a statement selects with every copy, each once.
func (s *Store) links(ctx context.Context, name string, v values) ([]model.Link, error) {
	return onceRead(ctx, s, "links", table.Links, name, v, func(l *model.Link) model.LinkKey { return model.LinkKey{TraceID: l.TraceID, UUID: l.UUID} })
}

// LinkedTo implements store.Links.
func (s *Store) LinkedTo(ctx context.Context, project, sessionID string, limit int) ([]model.Link, error) {
	v := values{"project": project, "rules": int32(model.LinkRules), "session_id": sessionID, "limit": uint64(limit)}
	return rowsRead(ctx, s, "links to a session", table.Links, "linked_to", v)
}

// StoreLinks implements store.Links. The version is the time at which reading began, so a server that began to read earlier, but stores later, does
// not replace the newer result.
func (s *Store) StoreLinks(ctx context.Context, links []model.Link) error {
	return storeDerived(ctx, s, table.Links, "links", links, func(l *model.Link) int64 { return l.DerivedMS })
}

// Subjects implements store.Links.
func (s *Store) Subjects(ctx context.Context, which store.Which, after model.Subject, limit int) ([]model.Subject, error) {
	v := values{
		"from_ms": which.FromMS, "to_ms": which.ToMS, "due_ms": which.DueMS, "rules": int32(model.LinkRules),
		"project": after.Project, "trace_id": after.TraceID, "uuid": after.UUID, "limit": uint64(limit),
	}
	return s.subjects(ctx, "subjects", "subjects", v)
}

// subjects are the subjects that a statement finds.
func (s *Store) subjects(ctx context.Context, what, statement string, v values) (all []model.Subject, err error) {
	err = s.read(ctx, what, func(ctx context.Context, conn driver.Conn) error {
		all = nil
		return query(ctx, conn, statement, v, func(r driver.Rows) error {
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
	v := values{"project": project, "rules": int32(model.LinkRules), "session_ids": sessionIDs, "limit": uint64(limit)}
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
