package query

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/replay"
	"github.com/playheadhq/playhead/internal/store"
)

// TestRewrittenWhileRead: a reader with old locations continues at the new locations of the blocks, and a block that is really lost is a gap.
func TestRewrittenWhileRead(t *testing.T) {
	for _, atOnce := range []int{0, 4} {
		t.Run(fmt.Sprintf("%d at once", atOnce), func(t *testing.T) {
			w := newWorld(t)
			w.Service.atOnce = atOnce
			w.record("s", "w", 0, 9000, true)
			w.record("s", "w", 10_000, 19_000, false)
			w.record("s", "w", 20_000, 29_000, false)
			w.record("s", "w", 30_000, 39_000, false)
			w.commit()
			lines, err := w.Snapshots(t.Context(), scope, SnapshotsRequest{SessionID: "s"})
			if err != nil {
				t.Fatal(err)
			}
			rows, err := w.store.Blocks(t.Context(), scope.Project, "s", "w")
			if err != nil {
				t.Fatal(err)
			}
			// The first two blocks move, the third stays, the fourth is lost.
			for i := range rows[:2] {
				old := rows[i].Location.Key
				rows[i].Location = model.Location{Key: scope.Project + "/moved " + old, Length: rows[i].Location.Length}
				w.bodies[rows[i].Location.Key] = w.bodies[old]
				delete(w.bodies, old)
			}
			delete(w.bodies, rows[3].Location.Key)
			if err := w.store.Writer.(store.Compaction).Relocate(t.Context(), rows[:2]); err != nil {
				t.Fatal(err)
			}
			n, gaps := 0, 0
			for line, err := range lines {
				if err != nil {
					t.Fatal(err)
				}
				if n++; bytes.Contains(line, []byte(replay.GapTag)) {
					gaps++
				}
			}
			if n != 2+30+1 || gaps != 1 {
				t.Errorf("%d events, %d gaps", n, gaps)
			}
		})
	}
}
