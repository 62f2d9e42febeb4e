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

// TestDiskFull: a group of bodies that does not fit leaves nothing behind, acknowledged bodies stay, and writes succeed again once there is space.
func TestDiskFull(t *testing.T) {
	disktest.Full(t, 1<<20, func(t *testing.T, dir string, free func()) {
		s := open(t, dir, Options{MinFreeBytes: -1})
		body := bytes.Repeat([]byte("0123456789abcdef"), 64<<10/16)
		var locations []model.Location
		var err error
		for err == nil {
			var group []model.Location
			if group, err = s.Write(t.Context(), "default", [][]byte{body, body, body}); err == nil {
				locations = append(locations, group...)
			}
			if len(locations) > 1000 {
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
		if len(locations) < 12 {
			t.Errorf("only %d blocks of 64 kB fit into 1 MB", len(locations))
		}
		// The space of the failed groups was freed: a smaller group fits into it.
		locations = append(locations, blockstest.Write(t, s, body[:1000])...)
		blockstest.Holds(t, s, locations[len(locations)-1], body[:1000])

		free()
		locations = append(locations, blockstest.Write(t, s, body, body, body, body)...)
		for _, at := range locations {
			blockstest.Holds(t, s, at, body[:at.Length])
		}
	})
}
