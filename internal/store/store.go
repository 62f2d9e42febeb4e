// Package store is the port behind which events and the index of recordings lie. Implementations are in its
// subpackages (duckdb, clickhouse) and pass the suite in storetest. Only ingest writes and only query reads through it.
//
// Everything is keyed by project and uuid: committing a row again changes nothing, whoever sends it, however often, also within one
// batch and by two connections at once. The first to come stays. Of an identity, project, uuid and both ids together are the key.
//
// Rows say whose project they are of, and whoever reads says which project it is about: no answer holds anything of another one, be
// their ids the same. Only those who move or rewrite data see all projects at once (Dumper, Compaction).
//
// Strings and JSON are UTF-8; in each, a run of bytes that is not becomes U+FFFD, in what is stored and in what is asked
// for. Ids are ordered by their bytes.
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
	// ErrUnavailable: the engine cannot take writes or answer now. Of a batch nothing, a part or all of it may have been
	// stored; trying again later is safe, and makes it whole.
	ErrUnavailable = errors.New("storage unavailable")
	// ErrFull: there is no room. Trying again later is safe.
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

// Batch is what one commit brings.
type Batch struct {
	Events     []model.Event
	Contents   []model.Content // of events in Events, by project and uuid; one without its event is not stored
	Identities []model.Identity
	Blocks     []model.Block
	// Refusals have no key: those of a batch that is sent again are counted again. A Count of 0 is 1.
	Refusals []model.Refusal
}

// Committed says what a commit stored.
type Committed struct {
	Events, Blocks int
	// Duplicates counts events and blocks that were already there.
	Duplicates int
}

// Writer takes batches. Safe for concurrent use, but commits may wait for each other: grouping is the caller's.
type Writer interface {
	// Commit returns once all of the batch is durable (fsynced), and whoever asks from then on is shown all of it. Before
	// that, an engine of one machine shows all or nothing; several may show the part that some of them have.
	Commit(ctx context.Context, b *Batch) (Committed, error)
}

// Events reads LLM events and traces.
type Events interface {
	// TraceEvents returns the light rows (all kinds) of the traces named, by StartMS, at most limit of each trace.
	TraceEvents(ctx context.Context, project string, traceIDs []string, limit int) ([]model.Event, error)
	// Event returns one light row, ErrNotFound when there is none.
	Event(ctx context.Context, project string, id uuid.UUID) (model.Event, error)
	// Contents returns the heavy text of the events named, in no order; those without one are left out.
	Contents(ctx context.Context, keys []model.Key) ([]model.Content, error)
	// Previews returns the previews of the events named, in no order; those without one are left out, and those whose text is
	// damaged: a list can be read without.
	Previews(ctx context.Context, keys []model.Key) ([]model.Preview, error)
}

// Sessions reads sessions and their recordings.
type Sessions interface {
	// SessionEvents returns a session's light rows (all kinds) by TimeMS, at most limit.
	SessionEvents(ctx context.Context, project, sessionID string, limit int) ([]model.Event, error)
	// Recordings returns what is recorded of the sessions named; those without a block are left out.
	Recordings(ctx context.Context, project string, sessionIDs []string) ([]model.Recording, error)
	// Blocks returns the index rows of one window's blocks by FirstMS.
	Blocks(ctx context.Context, project, sessionID, windowID string) ([]model.Block, error)
	// RecordingStatuses returns the last $recording_status the browser reported for each session named.
	RecordingStatuses(ctx context.Context, project string, sessionIDs []string) (map[string]string, error)
}

// People reads who is who.
type People interface {
	// Identities returns every fact that names one of ids, as ID or OtherID, oldest first.
	Identities(ctx context.Context, project string, ids []string) ([]model.Identity, error)
	// JoinedIDs returns each pair of ids that facts join, once, and each id that is joined to another one and has a name or an email of its
	// own: who is one person with whom, and what they go by, without times and uuids. At most limit.
	JoinedIDs(ctx context.Context, project string, limit int) ([]model.Identity, error)
	// HasID says whether an event or a recording has a distinct id.
	HasID(ctx context.Context, project, id string) (bool, error)
	// FindNamed returns ids that facts are about, of which the id itself, the name or the email is, or matches, a value; at most limit.
	FindNamed(ctx context.Context, project string, v filter.Value, limit int) ([]string, error)
	// FindPeople returns distinct ids whose id, name or email contains text, regardless of case, at most limit.
	FindPeople(ctx context.Context, project, text string, limit int) ([]string, error)
}

// Admin reads what operators ask.
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
	Admin
	Nodes
	Dumper
	Compaction
	Links
	Costs
	// Close finishes what was begun and releases the data.
	Close() error
}
