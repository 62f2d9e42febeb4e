package query

import (
	"context"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/posthog"
	"github.com/playheadhq/playhead/internal/replay"
	"github.com/playheadhq/playhead/internal/store"
)

// scope is the scope of all requests of the tests.
var scope = access.Scope{Project: access.DefaultProject}

// now is the present of the tests.
const now = int64(1_795_418_800_000)

// world is a Service over a real store, see emptyStore, with methods that add data.
type world struct {
	*Service
	t      testing.TB
	store  *counting
	bodies memory
	batch  store.Batch
}

func newWorld(t testing.TB) *world {
	t.Helper()
	return worldOver(t, emptyStore(t))
}

// worldOver is a Service over an empty store.
func worldOver(t testing.TB, s store.Store) *world {
	w := &world{t: t, store: &counting{Store: s, Writer: s}, bodies: memory{}}
	w.Service = New(Options{
		Store: w.store, Blocks: w.bodies, Now: func() time.Time { return time.UnixMilli(now) }, Version: "v", Tokens: map[string]string{scope.Project: "phc_x"},
		ActivityOf: posthog.ActivityOf,
	})
	w.linkedPatience = time.Minute // tests of other things must not depend on how busy a machine is
	return w
}

// event adds an LLM event of a trace that starts `at` ms after now - 1 h and takes a second, and returns its id.
func (w *world) event(kind model.Kind, trace string, at int64, set ...func(*model.Event)) uuid.UUID {
	start := now - time.Hour.Milliseconds() + at
	e := model.Event{
		Project: scope.Project, UUID: uuid.NewSHA1(uuid.Nil, fmt.Append(nil, trace, kind, at, len(w.batch.Events))), Name: "$ai_" + kind.String(), Kind: kind,
		StartMS: start, TimeMS: start + 1000, ReceivedMS: start + 1100, DistinctID: "ada", TraceID: trace, LatencyMS: 1000,
		FirstTokenMS: -1, Library: "posthog-node/5.70.0", Tokens: model.Tokens{Input: 10, Output: 5, Total: 15, CacheRead: -1, CacheWrite: -1, Reasoning: -1},
	}
	if kind == model.KindFeedback || kind == model.KindMetric || kind == model.KindOther {
		e.TimeMS, e.LatencyMS = start, -1
	}
	for _, f := range set {
		f(&e)
	}
	w.batch.Events = append(w.batch.Events, e)
	return e.UUID
}

func (w *world) content(id uuid.UUID, input, output string) {
	for _, e := range w.batch.Events {
		if e.UUID == id {
			w.batch.Contents = append(w.batch.Contents, model.Content{
				Project: scope.Project, UUID: id, TimeMS: e.TimeMS, Input: []byte(input), Output: []byte(output), Properties: []byte(`{"temperature":0.2}`),
			})
		}
	}
}

func (w *world) identity(id, other, name, email string) {
	w.batch.Identities = append(w.batch.Identities, model.Identity{
		Project: scope.Project, UUID: uuid.New(), TimeMS: now + int64(len(w.batch.Identities)), ID: id, OtherID: other, Name: name, Email: email,
	})
}

// record adds a block to a window, from `from` to `to` ms after now - 1 h, with an rrweb event each second, and a full snapshot first if requested.
func (w *world) record(session, window string, from, to int64, snapshot bool) {
	w.t.Helper()
	var events []map[string]any
	start := now - time.Hour.Milliseconds()
	if snapshot {
		events = append(events,
			map[string]any{"type": 4, "timestamp": start + from, "data": map[string]any{"href": "https://app.test/chat", "width": 1, "height": 1}},
			map[string]any{"type": 2, "timestamp": start + from, "data": map[string]any{"node": map[string]any{}}})
	}
	for at := from; at <= to; at += 1000 {
		events = append(events, map[string]any{"type": 3, "timestamp": start + at, "data": map[string]any{"source": 5, "text": fmt.Sprint(window, at), "id": 1}})
	}
	w.block(session, window, events)
}

// block adds a block of rrweb events to a window.
func (w *world) block(session, window string, events any) {
	w.t.Helper()
	data, err := json.Marshal(events)
	if err != nil {
		w.t.Fatal(err)
	}
	enc, err := replay.NewEncoder(nil, nil).Encode(data)
	if err != nil {
		w.t.Fatal(err)
	}
	b := enc.Block
	b.Project = scope.Project
	b.UUID, b.SessionID, b.WindowID, b.DistinctID, b.ReceivedMS = uuid.New(), session, window, "browser-of-"+session, now
	b.Location = model.Location{Key: scope.Project + "/" + b.UUID.String(), Length: int64(len(enc.Body))}
	w.bodies[b.Location.Key] = enc.Body
	w.batch.Blocks = append(w.batch.Blocks, b)
}

// commit stores what was added.
func (w *world) commit() {
	w.t.Helper()
	if _, err := w.store.Writer.Commit(context.Background(), &w.batch); err != nil {
		w.t.Fatal(err)
	}
	w.batch = store.Batch{}
}

func in(session, window string) func(*model.Event) {
	return func(e *model.Event) { e.SessionID, e.WindowID = session, window }
}

func by(distinctID string) func(*model.Event) {
	return func(e *model.Event) { e.DistinctID = distinctID }
}

// memory is a blocks store in memory.
type memory map[string][]byte

func (m memory) Read(_ context.Context, at model.Location) ([]byte, error) {
	b, ok := m[at.Key]
	if !ok {
		return nil, blocks.ErrNotFound
	}
	return b, nil
}

// counting counts the calls of store methods.
type counting struct {
	Store
	Writer store.Writer
	calls  atomic.Int64
	// traces counts how often traces were read.
	traces atomic.Int64
}

func (c *counting) Find(ctx context.Context, q store.Question, p store.Part) (store.List, error) {
	c.calls.Add(1)
	return c.Store.Find(ctx, q, p)
}

func (c *counting) TracesNamed(ctx context.Context, project string, ids []string, limit int) ([]model.TraceSummary, []model.Event, error) {
	c.calls.Add(1)
	return c.Store.TracesNamed(ctx, project, ids, limit)
}

func (c *counting) SessionsNamed(ctx context.Context, project string, ids []string) ([]model.SessionSummary, error) {
	c.calls.Add(1)
	return c.Store.SessionsNamed(ctx, project, ids)
}

func (c *counting) EventsNamed(ctx context.Context, keys []model.Key) ([]model.Event, error) {
	c.calls.Add(1)
	return c.Store.EventsNamed(ctx, keys)
}

func (c *counting) TraceEvents(ctx context.Context, project string, ids []string, limit int) ([]model.Event, error) {
	c.calls.Add(1)
	c.traces.Add(1)
	return c.Store.TraceEvents(ctx, project, ids, limit)
}

func (c *counting) Contents(ctx context.Context, keys []model.Key) ([]model.Content, error) {
	c.calls.Add(1)
	return c.Store.Contents(ctx, keys)
}

func (c *counting) SessionEvents(ctx context.Context, project, id string, limit int) ([]model.Event, error) {
	c.calls.Add(1)
	return c.Store.SessionEvents(ctx, project, id, limit)
}

func (c *counting) Recordings(ctx context.Context, project string, ids []string) ([]model.Recording, error) {
	c.calls.Add(1)
	return c.Store.Recordings(ctx, project, ids)
}

func (c *counting) RecordingStatuses(ctx context.Context, project string, ids []string) (map[string]string, error) {
	c.calls.Add(1)
	return c.Store.RecordingStatuses(ctx, project, ids)
}

func (c *counting) Identities(ctx context.Context, project string, ids []string) ([]model.Identity, error) {
	c.calls.Add(1)
	return c.Store.Identities(ctx, project, ids)
}
