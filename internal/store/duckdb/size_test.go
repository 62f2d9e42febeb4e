//go:build cgo

package duckdb

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/zipf"
)

func TestSizes(t *testing.T) {
	ctx := t.Context()
	dir := t.TempDir()
	s, err := Open(ctx, Options{Dir: dir, MinFreeBytes: -1})
	if err != nil {
		t.Fatal(err)
	}
	tr, w := newTraffic(1), zipf.NewWriter(3)
	n := 0
	for range 80 {
		b := llmBatch(tr, w, 500)
		n += 500
		if _, err := s.Commit(ctx, b); err != nil {
			t.Fatal(err)
		}
		var links []model.Link
		for i, e := range b.Events {
			l := model.Link{Project: e.Project, TraceID: e.TraceID, UUID: e.UUID, Rules: 1, TimeMS: e.TimeMS, ReceivedMS: e.ReceivedMS, State: "linked", Method: "session", SessionID: e.SessionID, WindowID: "", StartMS: e.StartMS, MomentMS: e.StartMS - 3000, Person: e.DistinctID, DerivedMS: e.ReceivedMS + 1500}
			links = append(links, l)
			if i%4 == 3 {
				l.UUID = uuid.Nil
				links = append(links, l)
			}
		}
		if err := s.StoreLinks(ctx, links); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.checkpoint(ctx); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"events", "links"} {
		rows, err := s.engine.readers.QueryContext(ctx, `WITH s AS (SELECT '`+name+`' t, column_name, segment_type, compression, block_id, block_offset, count, additional_block_ids FROM pragma_storage_info('`+name+`')),
		 sized AS (SELECT *, CASE WHEN block_id >= 0 THEN coalesce(lead(block_offset) OVER (PARTITION BY block_id ORDER BY block_offset), 262136) - block_offset ELSE 0 END AS bytes FROM s)
		 SELECT column_name, segment_type, string_agg(DISTINCT compression), sum(bytes), count(*), sum(len(additional_block_ids)) FROM sized GROUP BY ALL ORDER BY 4 DESC LIMIT 24`)
		if err != nil {
			t.Fatal(err)
		}
		total := 0.0
		for rows.Next() {
			var c, k, comp string
			var bytes float64
			var segs, more any
			if err := rows.Scan(&c, &k, &comp, &bytes, &segs, &more); err != nil {
				t.Fatal(err)
			}
			total += bytes / float64(n)
			fmt.Printf("%s.%s %s %s %.2f %v %v\n", name, c, k, comp, bytes/float64(n), segs, more)
		}
		fmt.Println(name, total)
	}
	f, _ := os.Stat(filepath.Join(dir, fileName))
	fmt.Println("file", float64(f.Size())/float64(n))
	s.Close()
}
