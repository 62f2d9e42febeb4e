//go:build unix

package dir

import (
	"bytes"
	"errors"
	"testing"

	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/blocks/blockstest"
	"github.com/playheadhq/playhead/internal/disk/disktest"
	"github.com/playheadhq/playhead/internal/model"
)

// TestDiskFull: a group that does not fit leaves nothing behind, what was acknowledged stays, and once there is room
// again writing goes on.
func TestDiskFull(t *testing.T) {
	disktest.Full(t, 1<<20, func(t *testing.T, dir string, free func()) {
		s := open(t, dir, Options{MinFreeBytes: -1})
		body := bytes.Repeat([]byte("0123456789abcdef"), 64<<10/16)
		var places []model.Place
		var err error
		for err == nil {
			var group []model.Place
			if group, err = s.Write(t.Context(), "default", [][]byte{body, body, body}); err == nil {
				places = append(places, group...)
			}
			if len(places) > 1000 {
				t.Fatal("the disk is never full")
			}
		}
		if !errors.Is(err, blocks.ErrFull) {
			t.Fatalf("Write: %v, want ErrFull", err)
		}
		for range 3 {
			if _, err := s.Write(t.Context(), "default", [][]byte{body, body, body, body}); !errors.Is(err, blocks.ErrFull) {
				t.Fatalf("Write on a full disk: %v, want ErrFull", err)
			}
		}
		if len(places) < 12 {
			t.Errorf("only %d blocks of 64 kB fit into 1 MB", len(places))
		}
		// The room of what did not fit was given back: a smaller group fits into it.
		places = append(places, blockstest.Write(t, s, body[:1000])...)
		blockstest.Holds(t, s, places[len(places)-1], body[:1000])

		free()
		places = append(places, blockstest.Write(t, s, body, body, body, body)...)
		for _, at := range places {
			blockstest.Holds(t, s, at, body[:at.Length])
		}
	})
}
