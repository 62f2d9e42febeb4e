package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"
)

// figureOptions are a small load on a real server; the parts ingest and ask use it at full size.
func figureOptions(t *testing.T) options {
	t.Helper()
	bin, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir("..") // where package main runs
	return options{bin: bin, dir: t.TempDir(), events: 4000, connections: 4, reads: 200, rounds: 2}
}

// The questions of the parts ingest and ask are answered from exactly the events that were sent, also on a busy machine.
func TestFiguresAreOfRightAnswers(t *testing.T) {
	o := figureOptions(t)
	o.over = askedOver
	s, err := startEmpty(t.Context(), o, "test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { end(t, s) })
	now, batches, phrases := time.Now(), makeBatches(o), rarePhrases(5)
	plant(batches, o.batches()*batchSize, phrases)
	sent, err := sendEvents(t.Context(), o, s.client, batches)
	if err != nil {
		t.Fatal(err)
	}
	if all, err := s.totals(t.Context()); err != nil || all.Generations != sent.count {
		t.Fatalf("%d events acknowledged, %d queryable, %v", sent.count, all.Generations, err)
	}
	for _, list := range []string{"generations", "traces"} {
		for _, q := range searches(phrases) {
			if _, _, err := q.ask(t.Context(), s, list); err != nil {
				t.Errorf("%s: %v", list, err)
			}
		}
	}
	for _, q := range questions(now) {
		if _, _, err := q.ask(t.Context(), s, 3, sent.count); err != nil {
			t.Errorf("%s: %v", q.name, err)
		}
	}
	for _, q := range sums(now.Add(-askedOver), now) {
		if _, err := q.once(t.Context(), s.client, 0, sent.count); err != nil {
			t.Errorf("%s: %v", q.name, err)
		}
	}
	// Events without text are summed up together with the others.
	light, err := sendEvents(t.Context(), o, s.client, makeLightBatches(o))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sumsByDay(now, "").once(t.Context(), s.client, 0, sent.count+light.count); err != nil {
		t.Error(err)
	}
}

// The part links finds a stored link for every event that it waits for, whether the event or its recording arrives first.
func TestLinksAreWaitedFor(t *testing.T) {
	s, err := startEmpty(t.Context(), figureOptions(t), "test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { end(t, s) })
	p, sent, err := s.probe(t.Context(), 3*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.took[0]) == 0 || len(p.took[1]) == 0 || sent == 0 {
		t.Errorf("%d and %d links under a load of %d events", len(p.took[0]), len(p.took[1]), sent)
	}
}

// If an answer contains only the beginning of a page, the rest is read, up to pageSize.
func TestPage(t *testing.T) {
	for _, test := range []struct{ rows, perAnswer, want, requests int }{{120, 50, 50, 1}, {120, 20, 50, 3}, {30, 20, 30, 2}, {0, 20, 0, 1}} {
		requests := 0
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			requests++
			from, _ := strconv.Atoi(r.FormValue("cursor"))
			to := min(from+test.perAnswer, test.rows)
			items := ""
			for i := from; i < to; i++ {
				items += ",{}"
			}
			next := "null"
			if to < test.rows {
				next = fmt.Sprintf("%q", strconv.Itoa(to))
			}
			fmt.Fprintf(w, `{"items":[%s],"next":%s}`, items[min(1, len(items)):], next)
		}))
		t.Cleanup(s.Close)
		rows, _, err := newClient(s.URL).page(t.Context(), "/api/traces?limit=50")
		if err != nil || rows != test.want || requests != test.requests {
			t.Errorf("%+v: %d rows with %d requests, %v", test, rows, requests, err)
		}
	}
}

// The questions of the part analytics are answered from the events that were sent.
func TestAnalyticsAreOfRightAnswers(t *testing.T) {
	o := figureOptions(t)
	o.over = askedOver
	e, err := embedded(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { end(t, e.server) })
	now, trace := time.Now(), "long"
	if err := fillVaried(t.Context(), o, e, trace, now, true); err != nil {
		t.Fatal(err)
	}
	for _, q := range analyticsQuestions(now, trace) {
		for i := range 2 {
			if _, err := q.once(t.Context(), e.client, i, o.sends()); err != nil {
				t.Errorf("%s: %v", q.name, err)
			}
		}
	}
}
