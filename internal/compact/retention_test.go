package compact

import (
	"errors"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/blocks/dir"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// TestRetentionInADirectory: recordings that the index has dropped because of their age are deleted from a directory too, even the last one. Younger
// recordings stay, even if the index, which may be the wrong one, does not know them.
func TestRetentionInADirectory(t *testing.T) {
	w := newWorld(t)
	bodies, err := dir.Open(t.TempDir(), dir.Options{MinFreeBytes: -1, Now: func() time.Time { return w.now }})
	if err != nil {
		t.Fatal(err)
	}
	defer bodies.Close()
	const days = 30
	c := New(Options{
		Index: w.index, Objects: bodies, SweepOnly: true, Retention: store.Retention{"default": days}, Grace: 24 * time.Hour, Now: func() time.Time { return w.now },
	})
	began := w.now
	record := func(n int) model.Location {
		locations, err := bodies.Write(t.Context(), "default", [][]byte{[]byte("body")})
		if err != nil {
			t.Fatal(err)
		}
		at := w.now.UnixMilli()
		b := model.Block{Project: "default", SessionID: "s", WindowID: "w", ReceivedMS: at, FirstMS: at, LastMS: at, Location: locations[0]}
		b.UUID[0] = byte(n)
		if _, err := w.index.Commit(t.Context(), &store.Batch{Blocks: []model.Block{b}}); err != nil {
			t.Fatal(err)
		}
		return locations[0]
	}
	var locations []model.Location
	for n := range 20 { // every second day
		locations = append(locations, record(n))
		w.now = w.now.Add(48 * time.Hour)
	}
	there := func(at model.Location) bool {
		_, err := bodies.Read(t.Context(), at)
		if err != nil && !errors.Is(err, blocks.ErrNotFound) {
			t.Fatal(err)
		}
		return err == nil
	}
	sweep := func() error {
		if _, err := w.index.Forget(t.Context(), "default", w.now.AddDate(0, 0, -days)); err != nil {
			t.Fatal(err)
		}
		_, err := c.Sweep(t.Context())
		return err
	}
	for first := w.now; w.now.Sub(began) < 90*24*time.Hour; w.now = w.now.Add(12 * time.Hour) {
		if err := sweep(); err != nil {
			t.Fatalf("after %v: %v", w.now.Sub(began), err)
		}
		for n, at := range locations {
			age := w.now.Sub(began.Add(time.Duration(n) * 48 * time.Hour))
			if age < days*24*time.Hour && !there(at) {
				t.Fatalf("a recording of %v is gone", age)
			}
			if age > (days+4)*24*time.Hour && w.now.Sub(first) > 2*24*time.Hour && there(at) {
				t.Fatalf("a recording of %v is still there", age)
			}
		}
	}

	// A recording that the index does not know, as with the wrong database.
	stray, err := bodies.Write(t.Context(), "default", [][]byte{[]byte("body")})
	if err != nil {
		t.Fatal(err)
	}
	var refused error
	for range 20 {
		w.now = w.now.Add(24 * time.Hour)
		refused = errors.Join(refused, sweep())
	}
	if refused == nil || !there(stray[0]) {
		t.Errorf("an index that knows nothing deleted what is young: %v", refused)
	}
}
