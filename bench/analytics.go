package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/google/uuid"
	"github.com/tidwall/gjson"

	"github.com/playheadhq/playhead/internal/zipf"
)

const (
	// longTraceSpans is how many spans one trace has, sent longTraceAtOnce at a time.
	longTraceSpans, longTraceAtOnce = 10_000, 500
	// recordedSessions is how many sessions have a recording, to which their generations are linked.
	recordedSessions = 12
)

// measureAnalytics sends the requests of the analytics pages for a month to the embedded storage and to one server over ClickHouse, in turn. Times
// are those of whole requests at the client, on a connection that is kept open, so they are upper bounds of the server's own.
func measureAnalytics(ctx context.Context, o options, r *report) error {
	o.over = askedOver
	now := time.Now()
	var engines []*engine
	trace := uuid.NewString()
	for _, open := range []func(context.Context, options) (*engine, error){embedded, clustered(1, 1, "ClickHouse")} {
		e, err := open(ctx, o)
		if err != nil {
			return err
		}
		defer func() { _ = e.close() }()
		engines = append(engines, e)
		if err := fillVaried(ctx, o, e, trace, now, true); err != nil {
			return fmt.Errorf("%s: %w", e.name, err)
		}
		if err := e.rest(ctx); err != nil {
			return err
		}
	}
	n := o.sends()
	data := fmt.Sprintf("%d generations over 30 days, with tools, feedback and text of %d words by Zipf's law, of %d people", n, zipf.Vocabulary, variedPeople)
	questions := analyticsQuestions(now, trace)
	for _, e := range engines { // the first request fills the caches of hours
		took, err := questions[0].once(ctx, e.client, 1000, n)
		if err != nil {
			return fmt.Errorf("%s: %w", e.name, err)
		}
		r.addOf(e.name, questions[0].name+", the first one after the start", float64(took.Microseconds())/1000, "ms", "", data)
	}
	for _, q := range questions {
		if err := askInTurn(ctx, r, q, engines, o.questions(), n, data); err != nil {
			return err
		}
	}
	for _, e := range engines {
		if err := exportParquet(ctx, r, e, now, data); err != nil {
			return fmt.Errorf("%s: %w", e.name, err)
		}
	}
	if int64(o.grow) <= n {
		return nil
	}
	if err := engines[1].close(); err != nil { // its memory is needed for others
		return err
	}
	e := engines[0]
	o.events = o.grow - int(n)
	if err := fillVaried(ctx, o, e, "", now, false); err != nil {
		return err
	}
	if err := e.rest(ctx); err != nil {
		return err
	}
	n += o.sends()
	data = fmt.Sprintf("%d generations over 30 days, of %d people; those that were added have no text", n, variedPeople)
	r.part += ", more"
	first := true
	for _, q := range questions {
		if q.grown == "" {
			continue
		}
		q.goal = q.grown
		if first {
			took, err := q.once(ctx, e.client, 1000, n)
			if err != nil {
				return err
			}
			r.addOf(e.name, q.name+", the first one", float64(took.Microseconds())/1000, "ms", "", data)
			first = false
		}
		if err := askInTurn(ctx, r, q, []*engine{e}, o.questions(), n, data); err != nil {
			return err
		}
	}
	return nil
}

// rest waits until an engine has finished its background work after a load: merges, and what is derived. ClickHouse uses little then for five
// seconds.
func (e *engine) rest(ctx context.Context) error {
	if e.cluster == nil {
		return e.server.settled(ctx)
	}
	const patience, step, steps, little = 15 * time.Minute, 500 * time.Millisecond, 10, 0.1
	begun, quiet := time.Now(), 0
	for last := e.serverSeconds(); quiet < steps; {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(step):
		}
		if time.Since(begun) > patience {
			return errors.New("the cluster does not come to rest")
		}
		now := e.serverSeconds()
		if quiet++; now-last > little {
			quiet = 0
		}
		last = now
	}
	return settle(ctx, e.cluster, 1)
}

// fillVaried sends varied events and, if a trace is named, recordings of some sessions and that trace.
func fillVaried(ctx context.Context, o options, e *engine, trace string, now time.Time, text bool) error {
	writers := make([]*varied, o.connections)
	for i := range writers {
		seed := uint64(i)
		if !text {
			seed += 1 << 20
		}
		writers[i] = newVaried(seed, text)
	}
	before, err := e.totals(ctx)
	if err != nil {
		return err
	}
	_, err = sendBatches(ctx, o, e.client, "/batch/", "application/json", func(connection, n int) []byte {
		return writers[connection].next(batchSize, now.Add(-o.ago(n)))
	})
	if err != nil {
		return err
	}
	t, err := e.totals(ctx)
	if err != nil {
		return err
	}
	if t.Generations-before.Generations != o.sends() {
		return fmt.Errorf("%d generations acknowledged, %d queryable", o.sends(), t.Generations-before.Generations)
	}
	if trace == "" {
		return nil
	}
	m, err := loadMinute()
	if err != nil {
		return err
	}
	var sessions []string // slower connections have fewer sessions
	for _, w := range writers {
		sessions = append(sessions, w.sessions...)
	}
	for _, session := range sessions[:min(len(sessions), recordedSessions)] {
		bodies, err := m.again(session, uuid.NewString(), now.Add(-o.over).UnixMilli()-m.endMS)
		if err != nil {
			return err
		}
		for _, body := range bodies {
			if _, err := e.post(ctx, "/s/", "text/plain", body); err != nil {
				return err
			}
		}
	}
	for from := 0; from < longTraceSpans; from += longTraceAtOnce {
		body := writers[0].longTrace(trace, from, from+longTraceAtOnce, now.Add(-o.over/2))
		if _, err := e.post(ctx, "/batch/", "application/json", body); err != nil {
			return err
		}
	}
	return nil
}

// analysis is a question. grown is its goal for a larger number of events; if it is "", the question is not asked then.
type analysis struct {
	question
	grown string
}

// analyticsQuestions are the questions of the analytics pages, each time slightly different. Lists have two filters.
func analyticsQuestions(now time.Time, trace string) []analysis {
	to := now.Add(time.Hour).UTC().Format(time.RFC3339)
	// ranged covers everything, each time beginning at another second.
	ranged := func(i int) string {
		return "from=" + now.Add(-askedOver-time.Hour-time.Duration(i)*time.Second).UTC().Format(time.RFC3339) + "&to=" + to
	}
	q := func(format string) func(i int) string {
		return func(i int) string { return url.QueryEscape(fmt.Sprintf(format, i)) }
	}
	list := func(name, path string, terms func(int) string, least int) analysis {
		return analysis{question{
			"first page of " + name, "100 at most",
			func(i int) string { return fmt.Sprintf("%s&q=%s", path, terms(i)) },
			func(raw []byte, events int64) error { return checkPage(raw, min(least, int(events/800))) },
		}, ""}
	}
	page := fmt.Sprintf("?limit=%d", pageSize)
	return []analysis{
		{question{
			"overview of 30 days", "300 at most", func(i int) string { return "/api/overview?" + ranged(i) }, checkOverview,
		}, "1,500 at most"},
		{question{
			"overview of 30 days, by model", "", func(i int) string { return "/api/overview?by=model&" + ranged(i) }, checkOverview,
		}, ""},
		{question{
			"overview of what took longer than a tenth of a second", "", func(i int) string { return "/api/overview?" + ranged(i) + "&q=" + q("latency:>10%dms")(i%10) }, anyAnswer,
		}, ""},
		list("traces, newest first", "/api/traces"+page, q("model:gpt-4o output_tokens:>2%02d"), pageSize),
		list("traces, by latency", "/api/traces"+page+"&sort=-latency", q("model:gpt-4o output_tokens:>2%02d"), pageSize),
		list("generations, newest first", "/api/generations"+page, q("model:gpt-4o output_tokens:>2%02d"), pageSize),
		list("generations, by cost", "/api/generations"+page+"&sort=-cost", q("model:gpt-4o output_tokens:>2%02d"), pageSize),
		list("sessions", "/api/sessions"+page, q("ai_calls:>1 duration:>%dms"), pageSize),
		list("conversations", "/api/conversations"+page, q("model:gpt-4o latency:>1%02dms"), pageSize),
		list("people", "/api/people"+page, q("model:gpt-4o latency:>1%02dms"), pageSize),
		list("errors", "/api/errors"+page, q("env:production latency:>1%02dms"), len(variedErrors)),
		list("tools", "/api/tools"+page, q("env:production latency:>%dms"), len(variedTools)),
		{question{
			"models", "100 at most", func(i int) string { return "/api/models?q=" + q("env:production latency:>1%02dms")(i) },
			func(raw []byte, _ int64) error {
				if n := gjson.GetBytes(raw, "models.#").Int(); n != int64(len(variedModels)) {
					return fmt.Errorf("%d models, want %d", n, len(variedModels))
				}
				return nil
			},
		}, ""},
		list("prompts", "/api/prompts"+page, q("env:production latency:>1%02dms"), 4*len(variedPrompts)),
		list("feedback", "/api/feedback"+page, q("env:production kind:feedback -person:nobody_%d"), pageSize),
		{question{
			"values of five fields, with their counts", "200 at most",
			func(i int) string {
				return "/api/facets?of=generations&fields=model,provider,env,status,link&" + ranged(i)
			},
			func(raw []byte, events int64) error {
				return errors.Join(checkFacets(raw, "model", events), checkFacets(raw, "link", events))
			},
		}, ""},
		{question{
			"values of five fields of what two filters leave", "200 at most",
			func(i int) string {
				return "/api/facets?of=generations&fields=model,provider,env,status,link&q=" + q("env:production latency:>1%02dms")(i)
			}, anyAnswer,
		}, ""},
		{question{
			fmt.Sprintf("a trace of %d spans", longTraceSpans), "200 at most", func(int) string { return "/api/traces/" + trace },
			func(raw []byte, _ int64) error {
				if n := gjson.GetBytes(raw, "spans").Int(); n != longTraceSpans {
					return fmt.Errorf("it has %d spans", n)
				}
				return nil
			},
		}, ""},
	}
}

func anyAnswer([]byte, int64) error { return nil }

// checkOverview adds up the generations of an overview, and checks that its figures are possible.
func checkOverview(raw []byte, events int64) error {
	o := gjson.ParseBytes(raw)
	sum := int64(0)
	for _, b := range o.Get("series").Array() {
		sum += b.Get("generations").Int()
	}
	t := o.Get("totals")
	low, middle, high := t.Get("latency_p50_s").Float(), t.Get("latency_p95_s").Float(), t.Get("latency_p99_s").Float()
	traces, people, errs := t.Get("traces").Int(), t.Get("people").Int(), t.Get("error_rate").Float()
	switch {
	case t.Get("generations").Int() != events || sum != events:
		return fmt.Errorf("%d generations, %d in the series, of %d", t.Get("generations").Int(), sum, events)
	case !(0 < low && low < middle && middle < high):
		return fmt.Errorf("latencies of %v, %v and %v s", low, middle, high)
	case traces <= 0 || traces >= events || people <= 0 || people > variedPeople || errs <= 0 || errs > 0.1 || t.Get("cost_usd").Float() <= 0 || t.Get("unpriced").Int() <= 0:
		return fmt.Errorf("totals: %s", t.Raw)
	}
	return nil
}

// checkPage checks that a page has at least a number of rows.
func checkPage(raw []byte, least int) error {
	if n := gjson.GetBytes(raw, "items.#").Int(); n < int64(least) || n > pageSize {
		return fmt.Errorf("%d rows, want %d to %d", n, least, pageSize)
	}
	return nil
}

// askInTurn asks all engines the same, one after the other.
func askInTurn(ctx context.Context, r *report, q analysis, engines []*engine, n int, events int64, data string) error {
	took, cpu := make([][]time.Duration, len(engines)), make([]float64, len(engines))
	for i := range n {
		for j, e := range engines {
			before := e.serverSeconds()
			d, err := q.once(ctx, e.client, i, events)
			if err != nil {
				return fmt.Errorf("%s, %s: %w", e.name, q.name, err)
			}
			took[j], cpu[j] = append(took[j], d), cpu[j]+e.serverSeconds()-before
		}
	}
	for j, e := range engines {
		median, p95 := percentiles(took[j])
		data := fmt.Sprintf("%s; each question asked %d times, each time another one", data, n)
		r.addOf(e.name, q.name+", median", median, "ms", "", data)
		r.addOf(e.name, q.name+", p95", p95, "ms", q.goal, data)
		r.addOf(e.name, q.name+", processor time", cpu[j]/float64(n)*1000, "ms", "", data)
	}
	return nil
}

// exportMost is the longest time of one export. What was read until then counts.
const exportMost = 2 * time.Minute

// exportParquet reads the generations of three days as a Parquet file, and the same rows as lines of JSON, whose size shows the amount of data.
func exportParquet(ctx context.Context, r *report, e *engine, now time.Time, data string) error {
	path := "/api/export/generations?from=" + now.Add(-3*24*time.Hour).UTC().Format(time.RFC3339) + "&format="
	parquet, took, used, whole, err := e.export(ctx, path+"parquet")
	if err != nil {
		return err
	}
	if parquet < 1000 {
		return fmt.Errorf("%d bytes of Parquet", parquet)
	}
	data += "; the generations of three days"
	if !whole {
		data += fmt.Sprintf(", as many as were read in %v", exportMost)
	}
	r.addOf(e.name, "export as Parquet, MB of the file", float64(parquet)/1e6/took.Seconds(), "MB/s", "", data)
	if !whole {
		return nil
	}
	lines, _, _, whole, err := e.export(ctx, path+"jsonl")
	if err != nil || !whole {
		return err
	}
	if lines < parquet/4 {
		return fmt.Errorf("%d bytes of Parquet, %d of JSON lines", parquet, lines)
	}
	data += ", MB of the same rows as JSON lines"
	r.addOf(e.name, "export as Parquet", float64(lines)/1e6/took.Seconds(), "MB/s", "50 or more", data)
	r.addOf(e.name, "export as Parquet: processor time", used/(float64(lines)/1e6)*1000, "ms/MB", "", data)
	r.addOf(e.name, "export as Parquet: the file's bytes", float64(parquet)/float64(lines), "of those of JSON lines", "", data)
	return nil
}

// export reads an export, and returns its bytes, how long it took, the processor time of the engine, and whether it ended in time.
func (e *engine) export(ctx context.Context, path string) (bytes int64, took time.Duration, used float64, whole bool, err error) {
	limited, cancel := context.WithTimeout(ctx, exportMost)
	defer cancel()
	before, begun := e.serverSeconds(), time.Now()
	req, err := http.NewRequestWithContext(limited, http.MethodGet, e.url()+path, nil)
	if err != nil {
		return 0, 0, 0, false, err
	}
	res, err := e.http.Do(req)
	if err == nil {
		defer res.Body.Close()
		bytes, err = io.Copy(io.Discard, res.Body)
		if err == nil && res.StatusCode != http.StatusOK {
			err = fmt.Errorf("GET %s: %d", path, res.StatusCode)
		}
	}
	whole = err == nil
	if ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
		err = nil
	}
	return bytes, time.Since(begun), e.serverSeconds() - before, whole, err
}
