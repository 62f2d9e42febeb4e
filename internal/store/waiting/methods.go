package waiting

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// with asks the storage, when there is one.
func with[T any](s *Store, ask func(store.Store) (T, error)) (T, error) {
	opened, err := s.get()
	if err != nil {
		var none T
		return none, err
	}
	return ask(opened)
}

// What follows implements store.Store.

// Commit asks the storage.
func (s *Store) Commit(ctx context.Context, b *store.Batch) (store.Committed, error) {
	return with(s, func(o store.Store) (store.Committed, error) { return o.Commit(ctx, b) })
}

// TraceEvents asks the storage.
func (s *Store) TraceEvents(ctx context.Context, project string, traceIDs []string, limit int) ([]model.Event, error) {
	return with(s, func(o store.Store) ([]model.Event, error) { return o.TraceEvents(ctx, project, traceIDs, limit) })
}

// Saved asks the storage.
func (s *Store) Saved(ctx context.Context, project, kind string, id uuid.UUID) ([]model.Saved, error) {
	return with(s, func(o store.Store) ([]model.Saved, error) { return o.Saved(ctx, project, kind, id) })
}

// Event asks the storage.
func (s *Store) Event(ctx context.Context, project string, id uuid.UUID) (model.Event, error) {
	return with(s, func(o store.Store) (model.Event, error) { return o.Event(ctx, project, id) })
}

// Contents asks the storage.
func (s *Store) Contents(ctx context.Context, keys []model.Key) ([]model.Content, error) {
	return with(s, func(o store.Store) ([]model.Content, error) { return o.Contents(ctx, keys) })
}

// Previews asks the storage.
func (s *Store) Previews(ctx context.Context, keys []model.Key) ([]model.Preview, error) {
	return with(s, func(o store.Store) ([]model.Preview, error) { return o.Previews(ctx, keys) })
}

// SessionEvents asks the storage.
func (s *Store) SessionEvents(ctx context.Context, project, sessionID string, limit int) ([]model.Event, error) {
	return with(s, func(o store.Store) ([]model.Event, error) { return o.SessionEvents(ctx, project, sessionID, limit) })
}

// Recordings asks the storage.
func (s *Store) Recordings(ctx context.Context, project string, sessionIDs []string) ([]model.Recording, error) {
	return with(s, func(o store.Store) ([]model.Recording, error) { return o.Recordings(ctx, project, sessionIDs) })
}

// Blocks asks the storage.
func (s *Store) Blocks(ctx context.Context, project, sessionID, windowID string) ([]model.Block, error) {
	return with(s, func(o store.Store) ([]model.Block, error) { return o.Blocks(ctx, project, sessionID, windowID) })
}

// RecordingStatuses asks the storage.
func (s *Store) RecordingStatuses(ctx context.Context, project string, sessionIDs []string) (map[string]string, error) {
	return with(s, func(o store.Store) (map[string]string, error) { return o.RecordingStatuses(ctx, project, sessionIDs) })
}

// Identities asks the storage.
func (s *Store) Identities(ctx context.Context, project string, ids []string) ([]model.Identity, error) {
	return with(s, func(o store.Store) ([]model.Identity, error) { return o.Identities(ctx, project, ids) })
}

// FindPeople asks the storage.
func (s *Store) FindPeople(ctx context.Context, project, text string, limit int) ([]string, error) {
	return with(s, func(o store.Store) ([]string, error) { return o.FindPeople(ctx, project, text, limit) })
}

// HasID asks the storage.
func (s *Store) FirstSessions(ctx context.Context, project string, ids []string) (map[string]model.FirstSession, error) {
	return with(s, func(o store.Store) (map[string]model.FirstSession, error) { return o.FirstSessions(ctx, project, ids) })
}

func (s *Store) HasID(ctx context.Context, project, id string) (bool, error) {
	return with(s, func(o store.Store) (bool, error) { return o.HasID(ctx, project, id) })
}

// FindNamed asks the storage.
func (s *Store) FindNamed(ctx context.Context, project string, v filter.Value, limit int) ([]string, error) {
	return with(s, func(o store.Store) ([]string, error) { return o.FindNamed(ctx, project, v, limit) })
}

// Totals asks the storage.
func (s *Store) Totals(ctx context.Context, project string) (model.Totals, error) {
	return with(s, func(o store.Store) (model.Totals, error) { return o.Totals(ctx, project) })
}

// Refusals asks the storage.
func (s *Store) Refusals(ctx context.Context, project string, limit int) ([]model.RefusalCount, error) {
	return with(s, func(o store.Store) ([]model.RefusalCount, error) { return o.Refusals(ctx, project, limit) })
}

// Beat asks the storage.
func (s *Store) Beat(ctx context.Context, n model.Node, within time.Duration) ([]model.Node, error) {
	return with(s, func(o store.Store) ([]model.Node, error) { return o.Beat(ctx, n, within) })
}

// Stored asks the storage.
func (s *Store) Stored(ctx context.Context, b *store.Batch) (*store.Batch, error) {
	return with(s, func(o store.Store) (*store.Batch, error) { return o.Stored(ctx, b) })
}

// Dump asks the storage.
func (s *Store) Dump(ctx context.Context, after string, limit int) (*store.Batch, string, error) {
	opened, err := s.get()
	if err != nil {
		return nil, "", err
	}
	return opened.Dump(ctx, after, limit)
}

// Size asks the storage.
func (s *Store) Size(ctx context.Context) (events, blocks int64, err error) {
	opened, err := s.get()
	if err != nil {
		return 0, 0, err
	}
	return opened.Size(ctx)
}

// Ping reports whether the storage answers, or why there is none.
func (s *Store) Ping(ctx context.Context) error {
	opened, err := s.get()
	if err != nil {
		return err
	}
	return opened.Ping(ctx)
}

// Scattered asks the storage.
func (s *Store) Scattered(ctx context.Context, f store.Scattered) ([]store.ScatteredSession, error) {
	return with(s, func(o store.Store) ([]store.ScatteredSession, error) { return o.Scattered(ctx, f) })
}

// Relocate asks the storage.
func (s *Store) Relocate(ctx context.Context, blocks []model.Block) error {
	opened, err := s.get()
	if err != nil {
		return err
	}
	return opened.Relocate(ctx, blocks)
}

// Referenced asks the storage.
func (s *Store) Referenced(ctx context.Context, keys []string) ([]string, error) {
	return with(s, func(o store.Store) ([]string, error) { return o.Referenced(ctx, keys) })
}

// Find asks the storage.
func (s *Store) Find(ctx context.Context, q store.Question, p store.Part) (store.List, error) {
	return with(s, func(o store.Store) (store.List, error) { return o.Find(ctx, q, p) })
}

// Count asks the storage.
func (s *Store) Count(ctx context.Context, q store.Question) (store.Counted, error) {
	return with(s, func(o store.Store) (store.Counted, error) { return o.Count(ctx, q) })
}

// Sum asks the storage.
func (s *Store) Sum(ctx context.Context, q store.Question, sum filter.Sum, span filter.Span) (store.Table, error) {
	return with(s, func(o store.Store) (store.Table, error) { return o.Sum(ctx, q, sum, span) })
}

// Facet asks the storage.
func (s *Store) Facet(ctx context.Context, q store.Question, f filter.Field, limit int) (store.Facet, error) {
	return with(s, func(o store.Store) (store.Facet, error) { return o.Facet(ctx, q, f, limit) })
}

// Read asks the storage.
func (s *Store) Read(ctx context.Context, q store.Question, p store.Part, fields []filter.Field) (store.Page, error) {
	return with(s, func(o store.Store) (store.Page, error) { return o.Read(ctx, q, p, fields) })
}

// Values asks the storage.
func (s *Store) Values(ctx context.Context, q store.Question, found []store.Found, fields []filter.Field) ([][]filter.Cell, error) {
	return with(s, func(o store.Store) ([][]filter.Cell, error) { return o.Values(ctx, q, found, fields) })
}

// TracesNamed asks the storage.
func (s *Store) TracesNamed(ctx context.Context, project string, ids []string, limit int) (traces []model.TraceSummary, events []model.Event, err error) {
	traces, err = with(s, func(o store.Store) (_ []model.TraceSummary, err error) {
		traces, events, err = o.TracesNamed(ctx, project, ids, limit)
		return traces, err
	})
	return traces, events, err
}

// SessionsNamed asks the storage.
func (s *Store) SessionsNamed(ctx context.Context, project string, ids []string) ([]model.SessionSummary, error) {
	return with(s, func(o store.Store) ([]model.SessionSummary, error) { return o.SessionsNamed(ctx, project, ids) })
}

// EventsNamed asks the storage.
func (s *Store) EventsNamed(ctx context.Context, keys []model.Key) ([]model.Event, error) {
	return with(s, func(o store.Store) ([]model.Event, error) { return o.EventsNamed(ctx, keys) })
}

// JoinedIDs asks the storage.
func (s *Store) JoinedIDs(ctx context.Context, project string, limit int) ([]model.Identity, error) {
	return with(s, func(o store.Store) ([]model.Identity, error) { return o.JoinedIDs(ctx, project, limit) })
}

// Links asks the storage.
func (s *Store) Links(ctx context.Context, project string, of []model.Subject) ([]model.Link, error) {
	return with(s, func(o store.Store) ([]model.Link, error) { return o.Links(ctx, project, of) })
}

// StoreLinks asks the storage.
func (s *Store) StoreLinks(ctx context.Context, links []model.Link) error {
	opened, err := s.get()
	if err != nil {
		return err
	}
	return opened.StoreLinks(ctx, links)
}

// Subjects asks the storage.
func (s *Store) Subjects(ctx context.Context, which store.Which, after model.Subject, limit int) ([]model.Subject, error) {
	return with(s, func(o store.Store) ([]model.Subject, error) { return o.Subjects(ctx, which, after, limit) })
}

// SubjectsOf asks the storage.
func (s *Store) SubjectsOf(ctx context.Context, project string, sessionIDs []string, limit int) ([]model.Subject, error) {
	return with(s, func(o store.Store) ([]model.Subject, error) { return o.SubjectsOf(ctx, project, sessionIDs, limit) })
}

// LinksReceived asks the storage.
func (s *Store) LinksReceived(ctx context.Context) (int64, error) {
	return with(s, func(o store.Store) (int64, error) { return o.LinksReceived(ctx) })
}

// LinksNamed asks the storage.
func (s *Store) LinksNamed(ctx context.Context, project string, keys []model.LinkKey) ([]model.Link, error) {
	return with(s, func(o store.Store) ([]model.Link, error) { return o.LinksNamed(ctx, project, keys) })
}

// LinkedTo asks the storage.
func (s *Store) LinkedTo(ctx context.Context, project, sessionID string, limit int) ([]model.Link, error) {
	return with(s, func(o store.Store) ([]model.Link, error) { return o.LinkedTo(ctx, project, sessionID, limit) })
}

// StoreClues asks the storage.
func (s *Store) StoreClues(ctx context.Context, clues []model.Clue) error {
	opened, err := s.get()
	if err != nil {
		return err
	}
	return opened.StoreClues(ctx, clues)
}

// Clues asks the storage.
func (s *Store) Clues(ctx context.Context, project string, q store.ClueQuestion) ([]model.Clue, error) {
	return with(s, func(o store.Store) ([]model.Clue, error) { return o.Clues(ctx, project, q) })
}

// Experiences asks the storage.
func (s *Store) Experiences(ctx context.Context, project string, traceIDs []string, ids []uuid.UUID) ([]model.Experience, error) {
	return with(s, func(o store.Store) ([]model.Experience, error) { return o.Experiences(ctx, project, traceIDs, ids) })
}

// StoreExperiences asks the storage.
func (s *Store) StoreExperiences(ctx context.Context, rows []model.Experience) error {
	opened, err := s.get()
	if err != nil {
		return err
	}
	return opened.StoreExperiences(ctx, rows)
}

// LinksOf asks the storage.
func (s *Store) LinksOf(ctx context.Context, project string, sessionIDs []string) ([]model.Link, error) {
	return with(s, func(o store.Store) ([]model.Link, error) { return o.LinksOf(ctx, project, sessionIDs) })
}

// Unexperienced asks the storage.
func (s *Store) Unexperienced(ctx context.Context, which store.Which, after model.Subject, limit int) ([]model.Subject, error) {
	return with(s, func(o store.Store) ([]model.Subject, error) { return o.Unexperienced(ctx, which, after, limit) })
}

// StoreActivity asks the storage.
func (s *Store) StoreActivity(ctx context.Context, rows []model.Activity) error {
	opened, err := s.get()
	if err != nil {
		return err
	}
	return opened.StoreActivity(ctx, rows)
}

// Activity asks the storage.
func (s *Store) Activity(ctx context.Context, project string, q store.ActivityQuestion) ([]model.Activity, error) {
	return with(s, func(o store.Store) ([]model.Activity, error) { return o.Activity(ctx, project, q) })
}

// ActivityCounts asks the storage.
func (s *Store) ActivityCounts(ctx context.Context, project, sessionID string, fromMS, toMS, stepMS int64) ([]store.ActivityCount, error) {
	return with(s, func(o store.Store) ([]store.ActivityCount, error) {
		return o.ActivityCounts(ctx, project, sessionID, fromMS, toMS, stepMS)
	})
}

// BlockActivity asks the storage.
func (s *Store) BlockActivity(ctx context.Context, project, sessionID string, limit int) ([]model.Activity, error) {
	return with(s, func(o store.Store) ([]model.Activity, error) { return o.BlockActivity(ctx, project, sessionID, limit) })
}

// SessionOutlines asks the storage.
func (s *Store) SessionOutlines(ctx context.Context, project string, of []store.SessionSpan, buckets int) (map[string]*store.Outline, error) {
	return with(s, func(o store.Store) (map[string]*store.Outline, error) {
		return o.SessionOutlines(ctx, project, of, buckets)
	})
}

// ActivityWith asks the storage.
func (s *Store) ActivityWith(ctx context.Context, project string, sessionIDs []string, text string, limit int) ([]model.Activity, error) {
	return with(s, func(o store.Store) ([]model.Activity, error) {
		return o.ActivityWith(ctx, project, sessionIDs, text, limit)
	})
}

// BlocksOf asks the storage.
func (s *Store) BlocksOf(ctx context.Context, project string, sessionIDs []string) ([]model.Block, error) {
	return with(s, func(o store.Store) ([]model.Block, error) { return o.BlocksOf(ctx, project, sessionIDs) })
}

// Underived asks the storage.
func (s *Store) Underived(ctx context.Context, fromMS, toMS int64, limit int) ([]model.Block, error) {
	return with(s, func(o store.Store) ([]model.Block, error) { return o.Underived(ctx, fromMS, toMS, limit) })
}

// Calls asks the storage.
func (s *Store) Calls(ctx context.Context, r store.CallRange, after *model.Event, limit int) ([]model.Event, error) {
	return with(s, func(o store.Store) ([]model.Event, error) { return o.Calls(ctx, r, after, limit) })
}

// SetCosts asks the storage.
func (s *Store) SetCosts(ctx context.Context, events []model.Event) error {
	_, err := with(s, func(o store.Store) (struct{}, error) { return struct{}{}, o.SetCosts(ctx, events) })
	return err
}

// SetReports asks the storage.
func (s *Store) SetReports(ctx context.Context, events []model.Event) error {
	_, err := with(s, func(o store.Store) (struct{}, error) { return struct{}{}, o.SetReports(ctx, events) })
	return err
}
