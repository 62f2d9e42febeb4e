package derive

import (
	"context"
	"fmt"
	"testing"

	"github.com/playheadhq/playhead/internal/model"
)

// port is an alias, because one of its methods has the same name as the interface.
type port = RecordingStore

// nowhere is a storage of activity that discards everything, and has the index of one session under any name.
type nowhere struct {
	port
	blocks []model.Block
	rows   int
}

// BlocksOf implements store.Activity.
func (n *nowhere) BlocksOf(_ context.Context, _ string, sessions []string) (all []model.Block, err error) {
	for _, id := range sessions {
		for _, b := range n.blocks {
			b.SessionID = id
			all = append(all, b)
		}
	}
	return all, nil
}

// StoreActivity implements store.Activity.
func (n *nowhere) StoreActivity(_ context.Context, rows []model.Activity) error {
	n.rows += len(rows)
	return nil
}

// StoreClues implements store.Clues.
func (n *nowhere) StoreClues(_ context.Context, clues []model.Clue) error {
	n.rows += len(clues)
	return nil
}

// Measures deriving without the storage, for a minute of a busy page in 20 blocks: all at once, or block by block as they arrive.
func BenchmarkRecordings(b *testing.B) {
	bodies := bodies{}
	all := minute(b, bodies, "s", 1)
	raw, stored := int64(0), int64(0)
	for i := range all {
		raw, stored = raw+all[i].RawBytes, stored+all[i].Location.Length
	}
	for _, atOnce := range []int{len(all), 1} {
		b.Run(fmt.Sprint(atOnce, " blocks"), func(b *testing.B) {
			n := &nowhere{}
			r := NewRecordings(RecordingOptions{Store: n, Blocks: bodies})
			b.SetBytes(raw)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				session := fmt.Sprint(i)
				for k := 0; k < len(all); k += atOnce {
					n.blocks = all[:k+atOnce]
					f := &fresh{}
					for _, x := range all[k : k+atOnce] {
						f.blocks = append(f.blocks, x.UUID)
					}
					if _, err := r.derive(b.Context(), map[windowKey]*fresh{{"default", session, "w"}: f}); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(stored), "stored-B/op")
			b.ReportMetric(float64(n.rows)/float64(b.N), "rows/op")
		})
	}
}
