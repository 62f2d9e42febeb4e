package compact

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"go.uber.org/goleak"

	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/duckdb"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// objects keeps objects in memory.
type objects struct {
	mu   sync.Mutex
	all  map[string][]byte
	n    int
	fail func(doing string) error // nil never fails
}

func (o *objects) lock(doing string) (unlock func(), err error) {
	o.mu.Lock()
	if o.fail != nil {
		err = o.fail(doing)
	}
	return o.mu.Unlock, err
}

func (o *objects) Write(_ context.Context, _ string, bodies [][]byte) ([]model.Location, error) {
	unlock, err := o.lock("write")
	defer unlock()
	if err != nil {
		return nil, err
	}
	o.n++
	key := fmt.Sprintf("object %03d", o.n)
	var locations []model.Location
	for _, body := range bodies {
		locations = append(locations, model.Location{Key: key, Offset: int64(len(o.all[key])), Length: int64(len(body))})
		o.all[key] = append(o.all[key], body...)
	}
	return locations, nil
}

func (o *objects) Read(_ context.Context, at model.Location) ([]byte, error) {
	unlock, err := o.lock("read")
	defer unlock()
	if err != nil {
		return nil, err
	}
	object, ok := o.all[at.Key]
	if !ok || at.Offset+at.Length > int64(len(object)) {
		return nil, blocks.ErrNotFound
	}
	return object[at.Offset : at.Offset+at.Length], nil
}

func (o *objects) Keys(context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		unlock, err := o.lock("list")
		keys := slices.Sorted(maps.Keys(o.all))
		unlock()
		if err != nil {
			yield("", err)
			return
		}
		for _, key := range keys {
			if !yield(key, nil) {
				return
			}
		}
	}
}

func (o *objects) Delete(_ context.Context, key string) error {
	unlock, err := o.lock("delete")
	defer unlock()
	if err == nil {
		delete(o.all, key)
	}
	return err
}

// failing is an index whose changes may fail, before or after they are made.
type failing struct {
	Index
	before, after func() error
}

func (f failing) Relocate(ctx context.Context, moved []model.Block) error {
	if err := f.before(); err != nil {
		return err
	}
	if err := f.Index.Relocate(ctx, moved); err != nil {
		return err
	}
	return f.after()
}

// world is a real index, objects in memory, and a clock.
type world struct {
	t       *testing.T
	index   *duckdb.Store
	objects *objects
	now     time.Time
	bodies  map[uuid.UUID][]byte
	n       int
}

func newWorld(t *testing.T) *world {
	index, err := duckdb.Open(t.Context(), duckdb.Options{Dir: t.TempDir(), MinFreeBytes: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := index.Close(); err != nil {
			t.Error(err)
		}
	})
	return &world{t: t, index: index, objects: &objects{all: map[string][]byte{}}, now: time.UnixMilli(1_795_418_800_000), bodies: map[uuid.UUID][]byte{}}
}

func (w *world) compactor() *Compactor {
	return New(Options{Index: w.index, Objects: w.objects, After: 30 * time.Minute, Grace: 24 * time.Hour, ObjectBytes: 1000, Now: func() time.Time { return w.now }})
}

// record commits one block for each of the sessions ("session/window"), all in one object.
func (w *world) record(sessions ...string) {
	w.t.Helper()
	b := &store.Batch{}
	var bodies [][]byte
	for _, s := range sessions {
		w.n++
		session, window, _ := strings.Cut(s, "/")
		at := w.now.UnixMilli()
		x := model.Block{Project: "default", UUID: uuid.New(), SessionID: session, WindowID: window, ReceivedMS: at, FirstMS: at - 2000, LastMS: at, Events: 1, Snapshots: []model.Snapshot{{AtMS: at, Line: 1}}, URL: "u"}
		body := fmt.Appendf(nil, "body %d of %s;", w.n, s)
		w.bodies[x.UUID] = body
		bodies, b.Blocks = append(bodies, body), append(b.Blocks, x)
	}
	locations, err := w.objects.Write(w.t.Context(), "default", bodies)
	if err != nil {
		w.t.Fatal(err)
	}
	for i := range locations {
		b.Blocks[i].Location = locations[i]
	}
	if _, err := w.index.Commit(w.t.Context(), b); err != nil {
		w.t.Fatal(err)
	}
	w.now = w.now.Add(2 * time.Second)
}

// holds checks that every block can be read where the index says, and returns the keys of a session in order of play.
func (w *world) holds(session string) (keys []string) {
	w.t.Helper()
	recordings, err := w.index.Recordings(w.t.Context(), "default", []string{session})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, window := range recordings[0].Windows {
		rows, err := w.index.Blocks(w.t.Context(), "default", session, window.ID)
		if err != nil {
			w.t.Fatal(err)
		}
		for _, b := range rows {
			got, err := w.objects.Read(w.t.Context(), b.Location)
			if err != nil || !bytes.Equal(got, w.bodies[b.UUID]) {
				w.t.Errorf("block %s of %s at %+v: %q, %v; want %q", b.UUID, session, b.Location, got, err, w.bodies[b.UUID])
			}
			keys = append(keys, b.Location.Key)
		}
	}
	return slices.Compact(keys)
}

func (w *world) compact(c *Compactor, want int) {
	w.t.Helper()
	if n, err := c.Compact(w.t.Context()); err != nil || n != want {
		w.t.Errorf("Compact: %d sessions, %v; want %d", n, err, want)
	}
}

func (w *world) sweep(c *Compactor, want int) {
	w.t.Helper()
	if n, err := c.Sweep(w.t.Context()); err != nil || n != want {
		w.t.Errorf("Sweep: %d objects, %v; want %d", n, err, want)
	}
}

func TestCompact(t *testing.T) {
	w := newWorld(t)
	c := w.compactor()
	for range 5 {
		w.record("a/1", "b/1", "a/2")
	}
	w.record("alone/1")
	w.compact(c, 0) // no session has ended
	w.now = w.now.Add(29 * time.Minute)
	w.record("b/1")
	w.now = w.now.Add(time.Minute)
	w.compact(c, 1)
	if keys := w.holds("a"); len(keys) != 1 {
		t.Errorf("a lies in %q", keys)
	}
	if keys := w.holds("b"); len(keys) != 6 {
		t.Errorf("b, which goes on, lies in %q", keys)
	}
	w.holds("alone")
	w.now = w.now.Add(time.Hour)
	w.compact(c, 1)
	w.compact(c, 0)
	if keys := w.holds("b"); len(keys) != 1 {
		t.Errorf("b lies in %q", keys)
	}

	// The blocks of one window are together, in order of time.
	rows, err := w.index.Blocks(t.Context(), "default", "a", "2")
	if err != nil {
		t.Fatal(err)
	}
	for i := 1; i < len(rows); i++ {
		if rows[i].Location.Offset != rows[i-1].Location.Offset+rows[i-1].Location.Length {
			t.Errorf("block %d lies at %+v, the one before at %+v", i, rows[i].Location, rows[i-1].Location)
		}
	}

	// Late blocks are written together with the others.
	w.record("a/1")
	w.now = w.now.Add(time.Hour)
	w.compact(c, 1)
	if keys := w.holds("a"); len(keys) != 1 {
		t.Errorf("a lies in %q", keys)
	}

	// Replaced objects stay for the grace period, which begins at the sweep that finds them unused: 7 objects as they were recorded, and the first own
	// one of a.
	w.sweep(c, 0)
	w.now = w.now.Add(23 * time.Hour)
	w.sweep(c, 0)
	w.now = w.now.Add(time.Hour)
	w.sweep(c, 8)
	w.sweep(c, 0)
	if len(w.objects.all) != 3 {
		t.Errorf("objects left: %q", slices.Sorted(maps.Keys(w.objects.all)))
	}
	for _, s := range []string{"a", "b", "alone"} {
		w.holds(s)
	}
}

// TestLong: a session that is larger than an object becomes several objects, and is not rewritten again.
func TestLong(t *testing.T) {
	w := newWorld(t)
	c := w.compactor()
	for range 200 {
		w.record("long/1")
	}
	w.now = w.now.Add(time.Hour)
	w.compact(c, 1)
	keys := w.holds("long")
	if len(keys) < 3 || len(keys) > 6 {
		t.Errorf("%d objects", len(keys))
	}
	w.compact(w.compactor(), 0)
}

var errTest = errors.New("crashed here")

// TestCrashes interrupts compaction and sweep at each step in turn. Everything stays readable, and a process that starts afterwards leaves one object
// for each session.
func TestCrashes(t *testing.T) {
	for step := 0; ; step++ {
		w := newWorld(t)
		for range 3 {
			w.record("a/1", "b/1")
		}
		w.record("b/1")
		w.now = w.now.Add(time.Hour)
		var steps atomic.Int64
		crash := func() error {
			if steps.Add(1) > int64(step) {
				return errTest // this step and all after it fail
			}
			return nil
		}
		crashed := w.compactor()
		crashed.options.Index = failing{w.index, crash, crash}
		w.objects.fail = func(string) error { return crash() }
		_, _ = crashed.Compact(t.Context())
		for range 3 {
			w.now = w.now.Add(24 * time.Hour)
			_, _ = crashed.Sweep(t.Context())
		}
		w.objects.fail = nil
		reached := steps.Load() > int64(step)
		w.holds("a")
		w.holds("b")

		next := w.compactor()
		if _, err := next.Compact(t.Context()); err != nil {
			t.Error(err)
		}
		for range 2 {
			if _, err := next.Sweep(t.Context()); err != nil {
				t.Error(err)
			}
			w.now = w.now.Add(24 * time.Hour)
		}
		if a, b := w.holds("a"), w.holds("b"); len(a) != 1 || len(b) != 1 || len(w.objects.all) != 2 {
			t.Errorf("step %d: a in %q, b in %q, %d objects", step, a, b, len(w.objects.all))
		}
		if !reached {
			if step < 15 {
				t.Errorf("only %d steps", step)
			}
			return
		}
	}
}

// TestTwoAtOnce: nodes that rewrite the same sessions at the same time do the work twice, but no harm.
func TestTwoAtOnce(t *testing.T) {
	w := newWorld(t)
	for range 10 {
		w.record("a/1", "b/1", "c/1")
	}
	w.now = w.now.Add(time.Hour)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			if _, err := w.compactor().Compact(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	c := w.compactor()
	for range 2 {
		if _, err := c.Sweep(t.Context()); err != nil {
			t.Error(err)
		}
		w.now = w.now.Add(24 * time.Hour)
	}
	for _, s := range []string{"a", "b", "c"} {
		if keys := w.holds(s); len(keys) != 1 {
			t.Errorf("%s lies in %q", s, keys)
		}
	}
	if len(w.objects.all) != 3 {
		t.Errorf("%d objects", len(w.objects.all))
	}
}

// TestLost: a session that cannot be read does not delay others, and is retried.
func TestLost(t *testing.T) {
	w := newWorld(t)
	c := w.compactor()
	w.record("a/1")
	w.record("a/1", "b/1")
	w.record("b/1")
	lost := w.objects.all["object 001"]
	delete(w.objects.all, "object 001")
	w.now = w.now.Add(time.Hour)
	w.compact(c, 1)
	w.now = w.now.Add(50 * time.Minute)
	w.compact(c, 0)
	w.objects.all["object 001"] = lost
	w.now = w.now.Add(2 * time.Hour)
	w.compact(c, 0) // finds that a retry is due
	w.compact(c, 1)
	if keys := w.holds("a"); len(keys) != 1 {
		t.Errorf("a lies in %q", keys)
	}
}

// TestTooLate: a process that was suspended between writing an object and updating the index does not update it, because the object may have been
// deleted.
func TestTooLate(t *testing.T) {
	w := newWorld(t)
	w.record("a/1")
	w.record("a/1")
	w.now = w.now.Add(time.Hour)
	before := w.holds("a")
	w.objects.fail = func(doing string) error {
		if doing == "write" {
			w.now = w.now.Add(25 * time.Hour)
		}
		return nil
	}
	w.compact(w.compactor(), 0)
	if after := w.holds("a"); !slices.Equal(after, before) {
		t.Errorf("moved to %q", after)
	}
}

// TestWrongIndex: if the index refers to none of the objects, none is deleted.
func TestWrongIndex(t *testing.T) {
	w := newWorld(t)
	if _, err := w.objects.Write(t.Context(), "default", [][]byte{[]byte("somebody's")}); err != nil {
		t.Fatal(err)
	}
	c := w.compactor()
	w.sweep(c, 0)
	w.now = w.now.Add(25 * time.Hour)
	if n, err := c.Sweep(t.Context()); err == nil || n != 0 || len(w.objects.all) != 1 {
		t.Errorf("Sweep: %d, %v", n, err)
	}
}

// nothing is an index without sessions. It counts passes and sweeps.
type nothing struct {
	Index
	passes, sweeps int
}

func (n *nothing) Scattered(context.Context, store.Scattered) ([]store.ScatteredSession, error) {
	n.passes++
	return nil, nil
}

func (n *nothing) Referenced(context.Context, []string) ([]string, error) {
	n.sweeps++
	return []string{"x"}, nil
}

func TestStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		index := &nothing{}
		c := New(Options{Index: index, Objects: &objects{all: map[string][]byte{"x": nil}}, Every: time.Minute, Grace: 4 * time.Hour})
		c.Start()
		time.Sleep(2*time.Hour + time.Minute)
		c.Close()
		if index.passes < 118 || index.passes > 121 || index.sweeps < 2 || index.sweeps > 3 {
			t.Errorf("%d passes, %d sweeps", index.passes, index.sweeps)
		}

		*index = nothing{}
		c = New(Options{Index: index, Objects: &objects{all: map[string][]byte{"x": nil}}, After: 2 * time.Minute, Grace: 4 * time.Hour})
		c.Start()
		time.Sleep(time.Hour + time.Minute)
		c.Close()
		if index.passes < 29 || index.passes > 31 {
			t.Errorf("%d passes in an hour, with sessions that are rewritten after two minutes", index.passes)
		}

		*index = nothing{}
		c = New(Options{Index: index, Objects: &objects{all: map[string][]byte{"x": nil}}, SweepOnly: true, Every: time.Minute, Grace: 4 * time.Hour})
		c.Start()
		time.Sleep(2*time.Hour + time.Minute)
		c.Close()
		if index.passes != 0 || index.sweeps < 2 || index.sweeps > 3 {
			t.Errorf("sweeping only: %d passes, %d sweeps", index.passes, index.sweeps)
		}
	})
}
