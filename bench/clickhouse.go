package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/playheadhq/playhead/internal/clustertest"
)

// table is the size of one table on all shards.
type table struct{ rows, bytes, indexBytes, parts float64 }

// tables reads the sizes of active parts, by table. Copies of a row that are not merged yet are counted.
func tables(ctx context.Context, c *clustertest.Cluster, shards int) (map[string]table, error) {
	all := map[string]table{}
	err := eachRow(ctx, c, shards, `SELECT replaceRegexpOne(table, '_local$', ''), sum(rows), sum(bytes_on_disk), sum(secondary_indices_compressed_bytes), count()
		FROM system.parts WHERE active AND database = 'playhead' GROUP BY table`, func(name string, v []float64) {
		t := all[name]
		all[name] = table{t.rows + v[0], t.bytes + v[1], t.indexBytes + v[2], t.parts + v[3]}
	})
	return all, err
}

// serverCounters reads ClickHouse's counters.
func serverCounters(ctx context.Context, c *clustertest.Cluster, shards int) (counters, error) {
	all := counters{}
	err := eachRow(ctx, c, shards, `SELECT event, value FROM system.events
		WHERE event IN ('NetworkReceiveBytes', 'InsertedRows', 'MergedRows', 'MergeTreeDataWriterRows')`, func(name string, v []float64) { all[name] += v[0] })
	return all, err
}

// eachRow queries every shard and passes on rows of a name and numbers.
func eachRow(ctx context.Context, c *clustertest.Cluster, shards int, query string, row func(name string, numbers []float64)) error {
	for i := range shards {
		said, err := c.ClickHouse.At(i).Query(ctx, query+" FORMAT TSV")
		if err != nil {
			return fmt.Errorf("ask clickhouse: %w", err)
		}
		for line := range strings.Lines(said) {
			fields := strings.Split(strings.TrimSpace(line), "\t")
			numbers := make([]float64, len(fields)-1)
			for i, f := range fields[1:] {
				if numbers[i], err = strconv.ParseFloat(f, 64); err != nil {
					return fmt.Errorf("clickhouse answers %q: %w", line, err)
				}
			}
			row(fields[0], numbers)
		}
	}
	return nil
}

// settle waits until ClickHouse has finished merging: no merge was seen for five seconds.
func settle(ctx context.Context, c *clustertest.Cluster, shards int) error {
	limited, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	quiet := 0
	for tick := time.NewTicker(500 * time.Millisecond); quiet < 10; quiet++ {
		select {
		case <-tick.C:
		case <-limited.Done():
			return fmt.Errorf("clickhouse still merges: %w", context.Cause(limited))
		}
		err := eachRow(limited, c, shards, "SELECT 'merges', count() FROM system.merges", func(_ string, v []float64) {
			if v[0] > 0 {
				quiet = -1
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}
