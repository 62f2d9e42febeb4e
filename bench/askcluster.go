package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	// copiesGrown is how often ask-cluster's rows are copied: 960,000 events become 9.6 million.
	copiesGrown = 9
	// grownApart is how much older each copy is, so that all of them are within about the same month.
	grownApart = time.Hour
)

// measureAskCluster asks one node over one ClickHouse server, one server with the embedded storage, and, if given, an earlier build over ClickHouse
// the same questions. Then it compares sums with the same statements written by hand, and repeats both with ten times as many rows.
func measureAskCluster(ctx context.Context, o options, r *report) error {
	o.over = askedOver
	now, part := time.Now(), r.part
	earlier := o
	earlier.bin = o.before
	// The last engine is compared with the first.
	starts := []struct {
		open func(context.Context, options) (*engine, error)
		o    options
	}{{clustered(1, 1, "before"), earlier}, {embedded, o}, {clustered(1, 1, "ClickHouse"), o}}
	if o.before == "" {
		starts = starts[1:]
	}
	var engines []*engine
	for _, start := range starts {
		e, err := start.open(ctx, start.o)
		if err != nil {
			return err
		}
		defer func() { _ = e.close() }()
		engines = append(engines, e)
		if err := fillEvents(ctx, o, column{r, e}); err != nil {
			return fmt.Errorf("%s: %w", e.name, err)
		}
		t, err := e.totals(ctx)
		if err != nil {
			return err
		}
		if t.Generations != o.sends() {
			return fmt.Errorf("%s: %d generations acknowledged, %d queryable", e.name, o.sends(), t.Generations)
		}
	}
	if err := readInTurn(ctx, o, r, engines); err != nil {
		return err
	}
	e := engines[len(engines)-1]
	if err := sumInTurn(ctx, r, e, now, o.sends(), o.questions()); err != nil {
		return err
	}
	for _, other := range engines[:len(engines)-1] { // their memory is needed for others
		if err := other.close(); err != nil {
			return err
		}
	}
	rows := o.sends()
	for n := 1; n <= copiesGrown; n++ {
		if err := copyEvents(ctx, e, n, grownApart, false); err != nil {
			return err
		}
		rows += o.sends()
	}
	if err := settle(ctx, e.cluster, 1); err != nil {
		return err
	}
	e.name, r.part = fmt.Sprintf("%d events", rows), part+", more rows"
	if err := readPerson(ctx, o, r, e, rows); err != nil {
		return err
	}
	if err := sumInTurn(ctx, r, e, now.Add(-copiesGrown*grownApart), rows, max(o.questions()/4, 5)); err != nil {
		return err
	}
	return readInTurn(ctx, o, r, []*engine{e}) // last, because reads of everything may time out
}

// readPerson reads traces of persons who have some 2,000 events each if there are 9.6 million.
func readPerson(ctx context.Context, o options, r *report, e *engine, rows int64) error {
	var took []time.Duration
	all, before := 0, e.serverSeconds()
	for i := range o.questions() {
		found, d, err := e.page(ctx, "/api/traces?limit=50&q="+url.QueryEscape("person:"+personID((11+13*i)%people)))
		if err != nil {
			return err
		}
		all, took = all+found, append(took, d)
	}
	if all == 0 {
		return errors.New("no person has traces")
	}
	data := fmt.Sprintf("%d events, of %d persons, so %d of each", rows, people, rows/people)
	newAsked(r, data).answered("traces of one person, each time another one", "300 at most", took, e.serverSeconds()-before)
	return nil
}

// sum is a question for sums, with an equivalent statement written by hand.
type sum struct {
	question
	// hand is the statement; its first column is a count. from is the table that it reads from.
	hand func(i int, from string) string
}

// sums are asked of events that lie between from and until.
func sums(from, until time.Time) []sum {
	const (
		mine   = " WHERE project = 'default' AND kind IN (1, 2) AND start_ms >= %d AND start_ms < %d"
		asked  = "/api/aggregate?of=generations&measure=%s&by=%s&from=%s&to=%s&q=%s"
		beyond = time.Hour
	)
	begins := func(i int) time.Time {
		return from.Add(-beyond - time.Duration(i)*time.Second).UTC().Truncate(time.Second)
	}
	ends := until.Add(beyond).UTC().Truncate(time.Second)
	path := func(i int, measure, by, q string) string {
		return fmt.Sprintf(asked, url.QueryEscape(measure), url.QueryEscape(by), begins(i).Format(time.RFC3339), ends.Format(time.RFC3339), url.QueryEscape(q))
	}
	where := func(i int) string { return fmt.Sprintf(mine, begins(i).UnixMilli(), ends.UnixMilli()) }
	day := "toStartOfDay(fromUnixTimestamp64Milli(start_ms, 'UTC'))"
	return []sum{
		{
			question{"count, p50, p95, p99 of latency, sums of tokens, by model and day", "", func(i int) string {
				return path(i, "count,p50(latency),p95(latency),p99(latency),sum(input_tokens),sum(output_tokens)", "model,time(1d)", "")
			}, func(raw []byte, events int64) error { return checkSums(raw, 2, events) }},
			func(i int, table string) string {
				return "SELECT count(), quantilesExactInclusiveIf(0.5, 0.95, 0.99)(latency_ms, latency_ms >= 0), sumIf(input_tokens, input_tokens >= 0), sumIf(output_tokens, output_tokens >= 0), model, " +
					day + " AS day FROM " + table + where(i) + " GROUP BY model, day"
			},
		},
		{
			question{"count and share of errors, by day", "", func(i int) string {
				return path(i, "count,rate(error)", "time(1d)", "")
			}, func(raw []byte, events int64) error { return checkSums(raw, 1, events) }},
			func(i int, table string) string {
				return "SELECT count(), avg(is_error), " + day + " AS day FROM " + table + where(i) + " GROUP BY day"
			},
		},
		{
			question{"mean latency and most tokens by provider, of what took longer than a tenth of a second", "", func(i int) string {
				return path(i, "count,avg(latency),max(output_tokens)", "provider", "latency:>100ms")
			}, func(raw []byte, events int64) error { return checkSums(raw, 1, events) }},
			func(i int, table string) string {
				return "SELECT count(), avg(latency_ms), max(output_tokens), provider FROM " + table + where(i) + " AND latency_ms > 100 GROUP BY provider"
			},
		},
	}
}

// sumInTurn asks a node for sums, and its ClickHouse server for the same: with FINAL, which removes duplicates as Playhead does, and without, which
// is only right if nothing was sent twice.
func sumInTurn(ctx context.Context, r *report, e *engine, from time.Time, events int64, n int) error {
	part := r.part
	defer func() { r.part = part }()
	r.part = fmt.Sprintf("sums of %d events", events)
	server := e.cluster.ClickHouse.At(0)
	for _, s := range sums(from.Add(-askedOver), time.Now()) {
		hand := func(table string) func(i int) error {
			return func(i int) error {
				said, err := server.Query(ctx, s.hand(i, table)+" FORMAT TSV")
				if err != nil {
					return err
				}
				return checkCounts(said, events)
			}
		}
		ways := []struct {
			name string
			ask  func(i int) error
		}{
			{"by hand", hand("playhead.events FINAL")},
			{"by hand, without FINAL", hand("playhead.events")},
			{"asked of Playhead", func(i int) error { _, err := s.once(ctx, e.client, i, events); return err }},
		}
		took, cpu := make([][]time.Duration, len(ways)), make([]float64, len(ways))
		for i := range n {
			for j, way := range ways {
				before, begun := e.serverSeconds(), time.Now()
				if err := way.ask(i); err != nil {
					return fmt.Errorf("%s, %s: %w", s.name, way.name, err)
				}
				took[j], cpu[j] = append(took[j], time.Since(begun)), cpu[j]+e.serverSeconds()-before
			}
		}
		for j, way := range ways {
			r.addAsked(way.name, s.name, took[j], cpu[j], "2 times by hand at most", fmt.Sprintf("each asked %d times, each time from another second on", n))
		}
	}
	return nil
}

// checkCounts adds up the first column of a statement's result.
func checkCounts(said string, events int64) error {
	sum := int64(0)
	for line := range strings.Lines(said) {
		count, _, _ := strings.Cut(line, "\t")
		n, err := strconv.ParseInt(strings.TrimSpace(count), 10, 64)
		if err != nil {
			return fmt.Errorf("clickhouse answers %q: %w", line, err)
		}
		sum += n
	}
	if sum != events {
		return fmt.Errorf("the counts add up to %d of %d", sum, events)
	}
	return nil
}
