package blocks_test

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/model"
)

// distant is a store that counts its reads.
type distant struct {
	blocks.Store
	reads int
	bytes int64
}

func (f *distant) Write(_ context.Context, project string, bodies [][]byte) (all []model.Location, err error) {
	if len(bodies) == 0 {
		return nil, errors.New("nothing to write")
	}
	for _, b := range bodies {
		all = append(all, model.Location{Key: project, Offset: f.bytes, Length: int64(len(b))})
		f.bytes += int64(len(b))
	}
	return all, nil
}

func (f *distant) Read(context.Context, model.Location) ([]byte, error) {
	f.reads++
	return []byte("distant"), nil
}

func TestRecent(t *testing.T) {
	f := &distant{}
	r := blocks.NewRecent(f, 10)
	bodies := [][]byte{[]byte("aaaa"), []byte("bbbb"), []byte("cccc")}
	at, err := r.Write(t.Context(), "p", bodies)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range bodies {
		copy(b, "used again") // the caller's bytes stay the caller's
	}
	for i, want := range []string{"distant", "bbbb", "cccc", "distant"} { // the first does not fit, and each of the others is returned from memory once
		got, err := r.Read(t.Context(), at[min(i, 2)])
		if err != nil || !bytes.Equal(got, []byte(want)) {
			t.Errorf("read %d: %q, %v, want %q", i, got, err, want)
		}
	}
	if f.reads != 2 {
		t.Errorf("%d reads of the store, want 2", f.reads)
	}
	if _, err := r.Write(t.Context(), "p", nil); err == nil {
		t.Error("an error of the store is lost")
	}
}
