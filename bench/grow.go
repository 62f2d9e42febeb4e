package main

import (
	"context"
	"fmt"
	"time"
)

// measureGrowth asks one shard the same questions with ten and a hundred times as many events, which the server copies itself: each copy is ten
// minutes older than the previous one, and has its own ids.
func measureGrowth(ctx context.Context, o options, r *report) error {
	e, err := shards(1, "")(ctx, o)
	if err != nil {
		return err
	}
	defer func() { _ = e.close() }()
	o.events /= 10
	if _, err := sendEvents(ctx, o, e.client, makeBatches(o)); err != nil {
		return err
	}
	rows := o.sends()
	for copies := 0; ; {
		e.name = fmt.Sprintf("%d events", rows)
		if err := settle(ctx, e.cluster, 1); err != nil {
			return err
		}
		t, err := e.totals(ctx)
		if err != nil {
			return err
		}
		if t.Generations != rows {
			return fmt.Errorf("%d generations are there, %d should be", t.Generations, rows)
		}
		if err := readInTurn(ctx, o, r, []*engine{e}); err != nil {
			return err
		}
		if err := measureTables(ctx, column{r, e}, rows, &recordings{}, "events alone"); err != nil {
			return err
		}
		if copies >= 99 {
			return nil
		}
		begun, before := time.Now(), rows
		for range 9 * max(copies/9*10, 1) {
			copies++
			if err := copyEvents(ctx, e, copies, copiesApart, true); err != nil {
				return err
			}
			rows += o.sends()
		}
		column{r, e}.add("copied by the server itself", float64(rows-before)/time.Since(begun).Seconds(), "events/s", "", "INSERT … SELECT, from what was sent")
	}
}

// copiesApart is how much older each copy is than the previous one.
const copiesApart = 10 * time.Minute

// sent is true for rows that are not copies: a copy's ids have no dashes.
const sent = "length(trace_id) = 36"

// copyEvents makes the nth copy of the sent events, with their links, and with their text if requested.
func copyEvents(ctx context.Context, e *engine, n int, apart time.Duration, text bool) error {
	shift := int64(n) * apart.Milliseconds()
	times := func(columns ...string) (all string) {
		for _, c := range columns {
			all += fmt.Sprintf(", %s - %d AS %s", c, shift, c)
		}
		return all
	}
	hash := func(column string) string { return fmt.Sprintf("MD5(concat(toString(%s), '#%d'))", column, n) }
	id := func(column string) string { return fmt.Sprintf(", lower(hex(%s)) AS %s", hash(column), column) }
	uuid := "reinterpretAsUUID(" + hash("uuid") + ") AS uuid"
	const none = "toUUID('00000000-0000-0000-0000-000000000000')" // the uuid in the link and the experience of a whole trace
	derived := "if(uuid = " + none + ", " + none + ", reinterpretAsUUID(" + hash("uuid") + ")) AS uuid"
	tables := []struct{ name, where, replace string }{
		{"links", sent, derived + times("time_ms", "received_ms", "start_ms", "derived_ms") + id("trace_id") + id("session_id")},
		{"experiences", sent, derived + times("time_ms", "received_ms", "derived_ms") + id("trace_id") + id("session_id")},
		{"events", sent, uuid + times("sort_ms", "time_ms", "received_ms", "start_ms") + id("trace_id") + id("session_id")},
	}
	if text {
		ofSent := "uuid IN (SELECT uuid FROM playhead.events WHERE " + sent + ")"
		tables = append(tables, struct{ name, where, replace string }{"contents", ofSent, uuid + times("sort_ms", "time_ms")})
	}
	for _, t := range tables {
		// A column replaced by REPLACE has its new value in WHERE, too, unless it is read in a subquery.
		statement := fmt.Sprintf("INSERT INTO playhead.%[1]s SELECT * REPLACE (%[2]s) FROM (SELECT * FROM playhead.%[1]s WHERE %[3]s)", t.name, t.replace, t.where)
		if _, err := e.cluster.ClickHouse.At(0).Query(ctx, statement); err != nil {
			return fmt.Errorf("copy %s: %w", t.name, err)
		}
	}
	return nil
}
