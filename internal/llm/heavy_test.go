package llm

import (
	"testing"

	"github.com/playheadhq/playhead/internal/heavy"
)

// page is the limit of a page that the API makes.
var page = Limit{Parts: 500, Bytes: 256 << 10}

// TestLinear: the work of each reader is proportional to its input, whatever the input is. It allocates no more bytes for each byte of input than the
// number given here.
func TestLinear(t *testing.T) {
	for name, output := range map[string]bool{"input": false, "output": true} {
		// JSON inside of a string is decoded, up to a megabyte of it. Apart from that, no more is held than a page has.
		t.Run("preview of an "+name, func(t *testing.T) {
			heavy.Linear(t, 2, func(v []byte) { Preview(nil, v, output) })
		})
		t.Run("first page of an "+name, func(t *testing.T) {
			heavy.Linear(t, 3, func(v []byte) {
				if _, err := Read(v, side(output), nil, page); err != nil {
					t.Fatal(err)
				}
			})
		})
	}
	t.Run("ends", func(t *testing.T) {
		heavy.Linear(t, 3, func(v []byte) { Ends(v, Asked, page, page) })
	})
	// A part takes 224 bytes of memory, and may be made from three bytes of input.
	t.Run("all pages", func(t *testing.T) {
		heavy.Linear(t, 135, func(v []byte) {
			var at Cursor
			for {
				p, err := Read(v, Answered, at, page)
				if err != nil {
					t.Fatal(err)
				}
				if at = p.Next; at == nil {
					return
				}
			}
		})
	})
	t.Run("Embeddable", func(t *testing.T) {
		heavy.Linear(t, 7, func(v []byte) { Embeddable(v) })
	})
}
