// Package store is the port to the storage of events and the index of recordings. Implementations are in its subpackages (duckdb, clickhouse) and
// pass the suite in storetest. Only ingest writes and only query reads through it.
//
// The key of everything is project and uuid: committing a row again changes nothing, whoever sends it and however often, also within one batch and on
// two connections at once. The first row is kept. The key of an identity is project, uuid and both ids.
//
// Rows have a project, and every read is for one: no answer contains anything of another project, even if their ids are equal. Only operations that
// move or rewrite data see all projects (Dumper, Compaction).
//
// Strings and JSON are UTF-8; invalid bytes become U+FFFD, in stored data and in questions. Ids are ordered by their bytes.
package store

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
)

// Errors an implementation returns, wrapped.
var (
	// ErrUnavailable means that the engine cannot accept writes or answer now. None, a part or all of a batch may have been stored; trying again later
	// is safe and completes it.
	ErrUnavailable = errors.New("storage unavailable")
	// ErrFull: there is no space. Trying again later is safe.
	ErrFull = errors.New("storage full")
	// ErrNotFound: no such row.
	ErrNotFound = errors.New("not found")
	// ErrInUse: another process has the data open.
	ErrInUse = errors.New("data directory in use")
	// ErrNewer: the data were written by a newer version.
	ErrNewer = errors.New("data from a newer version")
	// ErrOlder: the data were written by a version so old that this one cannot read them.
	ErrOlder = errors.New("data from an older version")
)

// Batch is the content of one commit.
type Batch struct {
	Events     []model.Event
	Contents   []model.Content // of events in Events, by project and uuid; one without its event is not stored
	Identities []model.Identity
	Blocks     []model.Block
	Saved      []model.Saved
	// Refusals have no key: if a batch is sent again, they are counted again. A Count of 0 means 1.
	Refusals []model.Refusal
}

// Committed is the result of a commit.
type Committed struct {
	Events, Blocks int
	// Duplicates counts events and blocks that were stored before.
	Duplicates int
}

// Writer commits batches. It is safe for concurrent use, but commits may wait for each other: the caller groups them.
type Writer interface {
	// Commit returns when all of the batch is durable (fsynced); every later read sees all of it. Before that, readers of an engine on one machine
	// see all or nothing; readers of an engine on several machines may see a part.
	Commit(ctx context.Context, b *Batch) (Committed, error)
}

// Events reads LLM events and traces.
type Events interface {
	// TraceEvents returns the light rows (all kinds) of the named traces, by StartMS, at most limit of each trace.
	TraceEvents(ctx context.Context, project string, traceIDs []string, limit int) ([]model.Event, error)
	// Event returns one light row, or ErrNotFound.
	Event(ctx context.Context, project string, id uuid.UUID) (model.Event, error)
	// Contents returns the heavy text of the named events, in no order; events without content are left out.
	Contents(ctx context.Context, keys []model.Key) ([]model.Content, error)
	// Previews returns the previews of events, in no order. Events without a preview, and those whose text is damaged, are left out: lists can be
	// shown without previews.
	Previews(ctx context.Context, keys []model.Key) ([]model.Preview, error)
}

// Sessions reads sessions and their recordings.
type Sessions interface {
	// SessionEvents returns a session's light rows (all kinds) by TimeMS, at most limit.
	SessionEvents(ctx context.Context, project, sessionID string, limit int) ([]model.Event, error)
	// Recordings returns the recordings of sessions. Sessions without a block are left out.
	Recordings(ctx context.Context, project string, sessionIDs []string) ([]model.Recording, error)
	// Blocks returns the index rows of one window's blocks by FirstMS.
	Blocks(ctx context.Context, project, sessionID, windowID string) ([]model.Block, error)
	// RecordingStatuses returns the last $recording_status the browser reported for each session named.
	RecordingStatuses(ctx context.Context, project string, sessionIDs []string) (map[string]string, error)
}

// People reads which ids belong to which person.
type People interface {
	// Identities returns every fact that names one of ids, as ID or OtherID, oldest first.
	Identities(ctx context.Context, project string, ids []string) ([]model.Identity, error)
	// FirstSessions returns the earliest session that an event or a recording has with each of some distinct ids. Ids without one are left out.
	FirstSessions(ctx context.Context, project string, ids []string) (map[string]model.FirstSession, error)
	// JoinedIDs returns each pair of ids that identities join, once, and each joined id with a name or an email: who is the same person, and their
	// names, without times and uuids. At most limit.
	JoinedIDs(ctx context.Context, project string, limit int) ([]model.Identity, error)
	// HasID reports whether an event or a recording has a distinct id.
	HasID(ctx context.Context, project, id string) (bool, error)
	// FindNamed returns ids with identities whose id, name or email equals or matches a value; at most limit.
	FindNamed(ctx context.Context, project string, v filter.Value, limit int) ([]string, error)
	// FindPeople returns distinct ids whose id, name or email contains text, regardless of case; at most limit.
	FindPeople(ctx context.Context, project, text string, limit int) ([]string, error)
}

// Saved reads saved views and links.
type Saved interface {
	// Saved returns every row of a kind, oldest first: of all ids if id is uuid.Nil, otherwise of this id.
	Saved(ctx context.Context, project, kind string, id uuid.UUID) ([]model.Saved, error)
}

// Admin reads data for operators.
type Admin interface {
	Totals(ctx context.Context, project string) (model.Totals, error)
	Refusals(ctx context.Context, project string, limit int) ([]model.RefusalCount, error)
	// Ping returns nil when reads and writes can be served.
	Ping(ctx context.Context) error
}

// Store is the whole port.
type Store interface {
	Lists
	Writer
	Events
	Sessions
	People
	Saved
	Admin
	Nodes
	Dumper
	Compaction
	Links
	Activity
	Clues
	Experiences
	Costs
	// Close finishes open work and releases the data.
	Close() error
}
