package ingest

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// memory is a store and a blocks store that keeps everything, by uuid.
type memory struct {
	mu         sync.Mutex
	events     map[uuid.UUID]model.Event
	contents   map[uuid.UUID]model.Content
	blocks     map[uuid.UUID]model.Block
	bodies     [][]byte
	identities []model.Identity
	refusals   []model.Refusal
	commits    []int // requests' rows of each commit that succeeded

	// gate, when set, holds commits until it is closed.
	gate chan struct{}
	// commit and write, when set, may fail one.
	commit func(*store.Batch) error
	write  func([][]byte) error
}

func newMemory() *memory {
	return &memory{events: map[uuid.UUID]model.Event{}, contents: map[uuid.UUID]model.Content{}, blocks: map[uuid.UUID]model.Block{}}
}

func (m *memory) Commit(ctx context.Context, b *store.Batch) (done store.Committed, err error) {
	if m.gate != nil {
		<-m.gate
	}
	if m.commit != nil {
		if err := m.commit(b); err != nil {
			return done, err
		}
	}
	if err := ctx.Err(); err != nil {
		return done, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	// Tests compare rows that say nothing of a project: all are of the delivery's.
	b = withoutProject(b)
	for i, e := range b.Events {
		if _, ok := m.events[e.UUID]; ok {
			done.Duplicates++
			continue
		}
		m.events[e.UUID] = e
		if b.Contents[i].UUID != e.UUID || b.Contents[i].TimeMS != e.TimeMS {
			return done, fmt.Errorf("content %d is not that of its event", i)
		}
		c := b.Contents[i]
		c.Input, c.Output, c.Tools, c.Properties = bytes.Clone(c.Input), bytes.Clone(c.Output), bytes.Clone(c.Tools), bytes.Clone(c.Properties)
		m.contents[e.UUID] = c
		done.Events++
	}
	for _, k := range b.Blocks {
		if _, ok := m.blocks[k.UUID]; ok {
			done.Duplicates++
			continue
		}
		m.blocks[k.UUID] = k
		done.Blocks++
	}
	m.identities = append(m.identities, b.Identities...)
	m.refusals = append(m.refusals, b.Refusals...)
	m.commits = append(m.commits, len(b.Events)+len(b.Blocks))
	return done, nil
}

func (m *memory) Write(ctx context.Context, _ string, bodies [][]byte) ([]model.Place, error) {
	if m.write != nil {
		if err := m.write(bodies); err != nil {
			return nil, err
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var places []model.Place
	for _, b := range bodies {
		places = append(places, model.Place{Key: "k", Offset: int64(len(m.bodies)), Length: int64(len(b))})
		m.bodies = append(m.bodies, b)
	}
	return places, nil
}

// received is the time at which every test's deliveries arrive: 2026-11-23T08:00:00Z.
const received = int64(1_795_420_800_000)

func open(t testing.TB, m *memory, l Limits) *Pipeline {
	t.Helper()
	p := New(Options{Store: m, Blocks: m, Limits: l})
	t.Cleanup(func() {
		if err := p.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return p
}

// incoming decodes one event the way adapters do.
func incoming(tb testing.TB, raw string) model.Incoming {
	tb.Helper()
	var w struct {
		UUID       string
		Event      string
		DistinctID any `json:"distinct_id"`
		Timestamp  any
		Offset     *int64
		SessionID  string `json:"session_id"`
		WindowID   string `json:"window_id"`
		Properties json.RawMessage
		Set        json.RawMessage `json:"$set"`
		SetOnce    json.RawMessage `json:"$set_once"`
	}
	if err := json.Unmarshal([]byte(raw), &w); err != nil {
		tb.Fatalf("%v in %.200s", err, raw)
	}
	in := model.Incoming{ID: w.UUID, Name: w.Event, OffsetMS: -1, SessionID: w.SessionID, WindowID: w.WindowID,
		Properties: w.Properties, Set: w.Set, SetOnce: w.SetOnce, Raw: []byte(raw)}
	if in.Properties == nil {
		in.Properties = []byte("{}")
	}
	if w.DistinctID != nil {
		in.DistinctID = fmt.Sprint(w.DistinctID)
	}
	switch ts := w.Timestamp.(type) {
	case string:
		in.Timestamp = ts
	case float64:
		in.Timestamp = strconv.FormatFloat(ts, 'f', -1, 64)
	}
	if w.Offset != nil {
		in.OffsetMS = *w.Offset
	}
	return in
}

func delivery(tb testing.TB, raws ...string) *model.Delivery {
	tb.Helper()
	d := &model.Delivery{Source: "/batch/", ReceivedMS: received}
	for _, raw := range raws {
		d.Events = append(d.Events, incoming(tb, raw))
	}
	return d
}

// ingest takes events through a pipeline of their own and returns what was stored.
func ingest(t *testing.T, l Limits, raws ...string) (*memory, []model.Outcome) {
	t.Helper()
	m := newMemory()
	outcomes, err := open(t, m, l).Ingest(t.Context(), delivery(t, raws...))
	if err != nil {
		t.Fatal(err)
	}
	if len(outcomes) != len(raws) {
		t.Fatalf("%d outcomes of %d events", len(outcomes), len(raws))
	}
	return m, outcomes
}

// one returns the only event stored, and its content.
func (m *memory) one(t *testing.T) (model.Event, model.Content) {
	t.Helper()
	if len(m.events) != 1 {
		t.Fatalf("%d events stored, refused: %+v", len(m.events), m.refusals)
	}
	for id, e := range m.events {
		return e, m.contents[id]
	}
	panic("unreachable")
}

// recorded returns the delivery that a recorded request brings.
func recorded(tb testing.TB, name string) *model.Delivery {
	tb.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		tb.Fatal(err)
	}
	_, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	if bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			tb.Fatal(err)
		}
		if body, err = io.ReadAll(z); err != nil {
			tb.Fatal(err)
		}
	} else if data, ok := strings.CutPrefix(string(body), "data="); ok {
		text, err := url.PathUnescape(data)
		if err != nil {
			tb.Fatal(err)
		}
		if body, err = base64.StdEncoding.DecodeString(text); err != nil {
			tb.Fatal(err)
		}
	}
	var events []json.RawMessage
	if json.Unmarshal(body, &events) != nil {
		var w struct{ Batch []json.RawMessage }
		if err := json.Unmarshal(body, &w); err != nil {
			tb.Fatal(err)
		}
		if events = w.Batch; events == nil {
			events = []json.RawMessage{body}
		}
	}
	d := &model.Delivery{Source: name, ReceivedMS: received}
	for _, e := range events {
		d.Events = append(d.Events, incoming(tb, string(e)))
	}
	return d
}

// withoutProject is a batch of one project as if it were of none.
func withoutProject(b *store.Batch) *store.Batch {
	c := &store.Batch{
		Events: slices.Clone(b.Events), Contents: slices.Clone(b.Contents), Identities: slices.Clone(b.Identities),
		Blocks: slices.Clone(b.Blocks), Refusals: slices.Clone(b.Refusals),
	}
	(&rows{batch: *c}).setProject("")
	return c
}
