package main

import (
	"context"
	"fmt"
	"time"
)

// measureCluster compares one server with the embedded storage with clusters of three nodes over one and two ClickHouse servers, all under the same
// load. Each is filled while the others are idle. Then all are read from in turn, so that other activity of the machine affects all of them equally.
func measureCluster(ctx context.Context, o options, r *report) error {
	all, err := makeRecordings(int64(o.recordMB) * 1e6)
	if err != nil {
		return err
	}
	var engines []*engine
	for _, open := range []func(context.Context, options) (*engine, error){embedded, shards(1, "one shard"), shards(2, "two shards")} {
		e, err := open(ctx, o)
		if err != nil {
			return err
		}
		defer func() { _ = e.close() }()
		engines = append(engines, e)
		if err := fill(ctx, o, column{r, e}, all); err != nil {
			return fmt.Errorf("%s: %w", e.name, err)
		}
	}
	if err := readInTurn(ctx, o, r, engines); err != nil {
		return err
	}
	time.Sleep(10 * time.Second)
	for _, e := range engines {
		if err := measureRest(ctx, o, column{r, e}, all); err != nil {
			return fmt.Errorf("%s: %w", e.name, err)
		}
	}
	return nil
}

// column is an engine and the destination of its figures.
type column struct {
	r *report
	*engine
}

func (c column) add(name string, value float64, unit, goal, data string) {
	c.r.addOf(c.name, name, value, unit, goal, data)
}

// fill sends both loads to an engine, and checks that all of their data are there.
func fill(ctx context.Context, o options, c column, all *recordings) error {
	time.Sleep(3 * time.Second)
	c.add("idle, empty: memory of a node", largest(c.nodes, process.residentMB), "MB", "", "no data")
	if c.cluster != nil {
		c.add("idle, empty: memory of a ClickHouse server", largest(c.clickhouse, process.residentMB), "MB", "", "no data")
	}
	if err := fillEvents(ctx, o, c); err != nil {
		return err
	}
	if err := fillRecordings(ctx, o, c, all); err != nil {
		return err
	}
	t, err := c.totals(ctx)
	if err != nil {
		return err
	}
	if t.Generations != o.sends() || t.Recordings != all.blocks {
		return fmt.Errorf("%d generations and %d blocks acknowledged, %d and %d queryable", o.sends(), all.blocks, t.Generations, t.Recordings)
	}
	return nil
}

// fillEvents sends the LLM events.
func fillEvents(ctx context.Context, o options, c column) error {
	data, batches := o.eventData(), makeBatches(o)
	m, err := c.startMeter(ctx)
	if err != nil {
		return err
	}
	sent, err := sendEvents(ctx, o, c.client, batches)
	if err != nil {
		return err
	}
	u, err := m.read(ctx)
	if err != nil {
		return err
	}
	n := float64(sent.count)
	c.add("events acknowledged durably", sent.perSecond(), "events/s", "", data)
	c.add("events: answered 503 and sent again", float64(sent.retries), "requests", "", data)
	c.add("events: bytes on the wire to a node", float64(sent.bytes)/n, "B/event", "", data)
	u.report(c, "events", n/1e4, "s/10,000 events", data)
	u.reportCommits(c, "events", sent.took, data)
	if c.cluster == nil {
		return nil
	}
	c.add("events: bytes that ClickHouse received", u.grown["NetworkReceiveBytes"]/n, "B/event", "", data)
	if u, err = m.settled(ctx); err != nil {
		return err
	}
	c.add("events: ClickHouse, with the merges that followed", u.cpu["ClickHouse"]/n*1e4, "s/10,000 events", "", data)
	c.add("events: rows merged for each one inserted", u.grown["MergedRows"]/max(u.grown["MergeTreeDataWriterRows"], 1), "rows", "", data)
	return nil
}

// fillRecordings sends the recordings.
func fillRecordings(ctx context.Context, o options, c column, all *recordings) error {
	data := fmt.Sprintf("%d MB on the wire, %d blocks: %s", all.wire/1e6, all.blocks, o.recordingData())
	m, err := c.startMeter(ctx)
	if err != nil {
		return err
	}
	sent, err := sendRecordings(ctx, o, c.client, all, time.Hour)
	if err != nil {
		return err
	}
	u, err := m.read(ctx)
	if err != nil {
		return err
	}
	mb := float64(sent.bytes) / 1e6
	c.add("recordings acknowledged durably", mb/sent.took.Seconds(), "MB/s", "", data)
	c.add("recordings: a recorded minute on the wire", mb/float64(all.minutes), "MB", "", data)
	c.add("recordings: blocks of a recorded minute", float64(all.blocks)/float64(all.minutes), "blocks", "", data)
	c.add("recordings: answered 503 and sent again", float64(sent.retries), "requests", "", data)
	u.report(c, "recordings", mb, "s/MB", data)
	u.reportCommits(c, "recordings", sent.took, data)
	if c.cluster == nil {
		return nil
	}
	puts := u.grown["playhead_ingest_block_write_seconds_count"]
	objects, bytes := c.objects()
	if float64(objects) != puts {
		return fmt.Errorf("the nodes wrote %.0f objects, there are %d", puts, objects)
	}
	c.add("recordings: objects written (PUT) by a node", puts/float64(len(c.nodes))/sent.took.Hours(), "per hour", "", data)
	c.add("recordings: an object", float64(bytes)/float64(objects)/1e3, "kB", "", data)
	if u, err = m.settled(ctx); err != nil {
		return err
	}
	c.add("recordings: ClickHouse, with the merges that followed", u.cpu["ClickHouse"]/mb, "s/MB", "", data)
	return nil
}

// readInTurn asks every engine the same questions, one request of each at a time.
func readInTurn(ctx context.Context, o options, r *report, engines []*engine) error {
	for _, read := range eventReads(o) {
		took, cpu := make([][]time.Duration, len(engines)), make([]float64, len(engines))
		for i := range read.n {
			for j, e := range engines {
				before := e.serverSeconds()
				d, err := e.getJSON(ctx, read.path(i), nil)
				if err != nil {
					return fmt.Errorf("%s: %w", e.name, err)
				}
				took[j], cpu[j] = append(took[j], d), cpu[j]+e.serverSeconds()-before
			}
		}
		for j, e := range engines {
			median, p95 := percentiles(took[j])
			data := fmt.Sprintf("%s; %d requests", read.data, read.n)
			r.addOf(e.name, read.name+", median", median, "ms", "", data)
			r.addOf(e.name, read.name+", p95", p95, "ms", "", data)
			r.addOf(e.name, read.name+", processor time of all", cpu[j]/float64(read.n)*1000, "ms", "", data)
		}
	}
	return nil
}

// measureRest measures what an engine uses when it is idle.
func measureRest(ctx context.Context, o options, c column, all *recordings) error {
	data := fmt.Sprintf("%s, and %d MB of recordings", o.eventData(), all.wire/1e6)
	c.add("idle with the data: memory of a node", largest(c.nodes, process.residentMB), "MB", "", data)
	if c.cluster == nil {
		return measureDirectory(c, o.sends(), all, data)
	}
	c.add("idle with the data: memory of a ClickHouse server", largest(c.clickhouse, process.residentMB), "MB", "", data)
	if err := c.measureIdle(ctx, data); err != nil {
		return err
	}
	return measureTables(ctx, c, o.sends(), all, data)
}
