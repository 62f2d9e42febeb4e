package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// askedOver is the time over which the events are spread that are summed up by day.
const askedOver = 30 * 24 * time.Hour

// question is asked repeatedly, each time slightly different, so that no answer comes from a cache.
type question struct {
	name, goal string
	path       func(i int) string
	// check checks an answer about a number of events.
	check func(raw []byte, events int64) error
}

// questions are the questions of the query language without text search.
func questions(now time.Time) []question {
	return []question{
		sumsByDay(now, "150 at most"),
		{
			"first page of traces with two filters, sorted by latency", "100 at most",
			func(i int) string {
				q := fmt.Sprintf("model:gpt-4o output_tokens:>%d", 600+i)
				return fmt.Sprintf("/api/traces?limit=%d&sort=-latency&q=%s", pageSize, url.QueryEscape(q))
			},
			checkSorted,
		},
		{
			"values of four fields, with their counts", "",
			func(i int) string {
				return "/api/facets?of=generations&fields=model,provider,status,link&q=" + url.QueryEscape(fmt.Sprintf("latency:>%dms", 10+i))
			},
			func(raw []byte, events int64) error { return checkFacets(raw, "model", events) },
		},
	}
}

// sumsByDay covers every event, however often it is asked: only the start of its range differs.
func sumsByDay(now time.Time, goal string) question {
	return question{
		"count, p50, p95, p99 of latency, sums of tokens, by model and day", goal,
		func(i int) string {
			return "/api/aggregate?of=generations&measure=" + url.QueryEscape("count,p50(latency),p95(latency),p99(latency),sum(input_tokens),sum(output_tokens)") +
				"&by=" + url.QueryEscape("model,time(1d)") + "&from=" + sumsFrom(now, i).Format(time.RFC3339) + "&to=" + now.Add(time.Hour).Format(time.RFC3339)
		},
		func(raw []byte, events int64) error { return checkSums(raw, 2, events) },
	}
}

// sumsFrom is the start of the range of the ith question for sums, before all events.
func sumsFrom(now time.Time, i int) time.Time {
	return now.Add(-2*askedOver - time.Hour - time.Duration(i)*time.Second).UTC().Truncate(time.Second)
}

// checkSums adds up a column of counts.
func checkSums(raw []byte, column int, events int64) error {
	var t struct {
		Rows      [][]any `json:"rows"`
		Truncated bool    `json:"truncated"`
	}
	if err := json.Unmarshal(raw, &t); err != nil {
		return err
	}
	sum := 0.0
	for _, row := range t.Rows {
		n, _ := row[column].(float64)
		sum += n
	}
	if int64(sum) != events || t.Truncated {
		return fmt.Errorf("the counts of %d groups add up to %.0f of %d (truncated: %t)", len(t.Rows), sum, events, t.Truncated)
	}
	return nil
}

func checkSorted(raw []byte, _ int64) error {
	var list struct {
		Items []struct {
			Models  []string `json:"models"`
			Summed  float64  `json:"summed_s"`
			Latency float64  `json:"latency_s"`
			Tokens  struct {
				Output int64 `json:"output"`
			} `json:"tokens"`
		} `json:"items"`
	}
	if err := json.Unmarshal(raw, &list); err != nil {
		return err
	}
	if len(list.Items) != pageSize {
		return fmt.Errorf("%d traces are on a page of %d", len(list.Items), pageSize)
	}
	for i, t := range list.Items {
		if i > 0 && t.Summed > list.Items[i-1].Summed {
			return fmt.Errorf("after a trace of %v s comes one of %v s", list.Items[i-1].Summed, t.Summed)
		}
		if t.Tokens.Output <= 600 {
			return fmt.Errorf("a trace with %d tokens was found", t.Tokens.Output)
		}
	}
	return nil
}

// checkFacets adds up the counts of a field's values.
func checkFacets(raw []byte, field string, events int64) error {
	var answer struct {
		Facets []struct {
			Field  string `json:"field"`
			Other  int64  `json:"other"`
			Values []struct {
				Count int64 `json:"count"`
			} `json:"values"`
		} `json:"facets"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		return err
	}
	for _, f := range answer.Facets {
		if f.Field != field {
			continue
		}
		sum := f.Other
		for _, v := range f.Values {
			sum += v.Count
		}
		if sum != events {
			return fmt.Errorf("the values of %s are counted %d times of %d", field, sum, events)
		}
		return nil
	}
	return fmt.Errorf("%s is not among the facets", field)
}

// ask asks a question n times and checks each answer.
func (q question) ask(ctx context.Context, s *server, n int, events int64) (took []time.Duration, cpu float64, err error) {
	before := s.cpuSeconds()
	for i := range n {
		d, err := q.once(ctx, s.client, i, events)
		if err != nil {
			return nil, 0, err
		}
		took = append(took, d)
	}
	return took, s.cpuSeconds() - before, nil
}

func (q question) once(ctx context.Context, c *client, i int, events int64) (took time.Duration, err error) {
	begun, path := time.Now(), q.path(i)
	status, raw, err := c.get(ctx, path)
	took = time.Since(begun)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("%d: %.200s", status, raw)
	}
	if err == nil {
		err = q.check(raw, events)
	}
	if err != nil {
		return 0, fmt.Errorf("GET %s: %w", path, err)
	}
	return took, nil
}

// measureAsk asks one server typical questions about a month of events. Times are those of the client, on a connection that is kept open.
func measureAsk(ctx context.Context, o options, r *report) error {
	s, err := startEmpty(ctx, o, "ask")
	if err != nil {
		return err
	}
	defer func() { _ = s.close() }()
	o.over = askedOver
	if o.grow > o.events {
		o.until = askedOver // events that are added later come after these
	}
	now, batches, phrases := time.Now(), makeBatches(o), rarePhrases(o.questions())
	plant(batches, o.batches()*batchSize, phrases)
	if _, err := sendEvents(ctx, o, s.client, batches); err != nil {
		return err
	}
	if err := s.settled(ctx); err != nil {
		return err
	}
	events := o.sends()
	data := fmt.Sprintf("%s, over %.0f days; each question asked %d times, each time another one", o.eventData(), o.over.Hours()/24, o.questions())
	t := newAsked(r, data)
	for _, list := range []string{"generations", "traces"} {
		for _, q := range searches(phrases) {
			took, cpu, err := q.ask(ctx, s, list)
			if err != nil {
				return err
			}
			t.answered(fmt.Sprintf("first page of %s with %s", list, q.name), q.goal, took, cpu)
		}
	}
	for _, q := range questions(now) {
		took, cpu, err := q.ask(ctx, s, o.questions(), events)
		if err != nil {
			return err
		}
		t.answered(q.name, q.goal, took, cpu)
	}
	return askMore(ctx, o, r, s, now)
}

// asked is a table of questions, with goals and measurements.
type asked struct{ *comparison }

func newAsked(r *report, data string) asked {
	return asked{r.newComparison(data, "question", "median, ms", "asked for", "p95, ms", "server's processor time, ms")}
}

// answered adds a question that was asked several times; cpu is the sum of the processor time, in seconds.
func (t asked) answered(name, goal string, took []time.Duration, cpu float64) {
	median, p95 := percentiles(took)
	t.add(name, median, goal, p95, cpu/float64(len(took))*1000)
}

// ask searches for every text in a list of one server.
func (q *search) ask(ctx context.Context, s *server, list string) (took []time.Duration, cpu float64, err error) {
	before := s.cpuSeconds()
	for i, text := range q.texts {
		rows, d, err := s.find(ctx, list, text)
		if err == nil {
			err = q.check(i, rows)
		}
		if err != nil {
			return nil, 0, err
		}
		took = append(took, d)
	}
	return took, s.cpuSeconds() - before, nil
}

// askMore adds events without text until there are o.grow, and sums them up: sums read no text.
func askMore(ctx context.Context, o options, r *report, s *server, now time.Time) error {
	before := o.sends()
	if int64(o.grow) <= before {
		return nil
	}
	o.events, o.until = o.grow-int(before), 0
	sent, err := sendEvents(ctx, o, s.client, makeLightBatches(o))
	if err != nil {
		return err
	}
	data := fmt.Sprintf("%d generations, of which the first %d came with text, over %.0f days, of which these are the first half", before+sent.count, before, 2*o.over.Hours()/24)
	r.add("events without text, acknowledged durably", sent.perSecond(), "events/s", "", data)
	data += "; what users saw of them is still derived while they are summed up"
	q := sumsByDay(now, "1,500 at most")
	took, used, err := q.ask(ctx, s, 20, before+sent.count)
	if err != nil {
		return err
	}
	newAsked(r, data).answered(q.name, q.goal, took, used)
	return nil
}
