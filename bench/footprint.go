package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"
)

// measureDirectory stops a server and measures its files.
func measureDirectory(c column, events int64, all *recordings, data string) error {
	if err := c.server.stop(); err != nil {
		return fmt.Errorf("stop: %w", err)
	}
	recordings := size(filepath.Join(c.server.data(), "recordings"))
	c.add("on disk: an event, with all indexes and the index of blocks", float64(size(c.server.data())-recordings)/float64(events), "B/event", "", data)
	c.add("recordings as stored", float64(recordings)/float64(all.wire), "B per wire byte", "", data)
	return nil
}

// measureTables measures the data in ClickHouse and S3.
func measureTables(ctx context.Context, c column, events int64, all *recordings, data string) error {
	found, err := tables(ctx, c.cluster, len(c.clickhouse))
	if err != nil {
		return err
	}
	// Rows that were sent and stored twice would distort the sizes.
	for name, want := range map[string]int64{"events": events, "contents": events, "blocks": all.blocks} {
		if found[name].rows < float64(want) {
			return fmt.Errorf("table %s has %.0f rows of %d", name, found[name].rows, want)
		}
	}
	sum := found["events"].bytes + found["contents"].bytes + found["identities"].bytes + found["blocks"].bytes
	c.add("on disk: an event, with all indexes and the index of blocks", sum/float64(events), "B/event", "", data)
	c.add("on disk: row of events", found["events"].bytes/found["events"].rows, "B/row", "", data)
	c.add("on disk: row of contents", found["contents"].bytes/found["contents"].rows, "B/row", "", data)
	c.add("on disk: skipping indexes of events", found["events"].indexBytes/found["events"].rows, "B/row", "", data)
	c.add("parts of events after the merges, each shard", found["events"].parts/float64(len(c.clickhouse)), "parts", "", data)
	if all.blocks == 0 {
		return nil
	}
	_, bytes := c.objects()
	c.add("on disk: row of the index of blocks", found["blocks"].bytes/found["blocks"].rows, "B/row", "", data)
	c.add("recordings as stored", float64(bytes)/float64(all.wire), "B per wire byte", "", data)
	return nil
}

// measureIdle measures what a cluster's processes use without requests.
func (c column) measureIdle(ctx context.Context, data string) error {
	const length = 10 * time.Second
	before := c.cpuSeconds()
	select {
	case <-time.After(length):
	case <-ctx.Done():
		return ctx.Err()
	}
	after := c.cpuSeconds()
	for _, of := range []struct {
		name string
		n    int
	}{{"the nodes", len(c.nodes)}, {"ClickHouse", len(c.clickhouse)}} {
		share := (after[of.name] - before[of.name]) / length.Seconds() / float64(of.n)
		c.add("idle with the data: processor time of one of "+of.name, 100*share, "% of a core", "", data)
	}
	return nil
}
