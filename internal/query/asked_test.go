package query

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
)

// chats fills a world with ten generations of two models and three people, each a second longer than the previous one.
func chats(w *world) {
	for i := range 10 {
		w.event(model.KindGeneration, fmt.Sprint("trace-", i/2), int64(i)*60_000, func(e *model.Event) {
			e.Model, e.LatencyMS = []string{"gpt-4o", "claude"}[i%2], float64(1000*i)
			e.DistinctID = fmt.Sprint("u", i%3)
			e.IsError = i == 7
			e.Properties = []model.Property{{Name: "tenant", Value: "acme co"}}
		})
	}
	w.event(model.KindSpan, "trace-0", 1000, func(e *model.Event) { e.Title = "look up" })
	w.identity("u1", "anon-of-u1", "Ann", "ann@example.com")
	w.identity("u1", "u2", "", "")
	w.commit()
}

func TestLists(t *testing.T) {
	w := newWorld(t)
	chats(w)
	count := func(q string) int {
		t.Helper()
		l, err := w.Generations(t.Context(), scope, ListRequest{Narrowing: Narrowing{Q: q}, Count: true})
		if err != nil {
			t.Fatalf("%s: %v", q, err)
		}
		if *l.Total != int64(len(l.Items)) {
			t.Errorf("%s: a total of %d with %d rows", q, *l.Total, len(l.Items))
		}
		return len(l.Items)
	}
	for q, want := range map[string]int{
		"": 10, "model:gpt-4o": 5, "model:gpt-* latency:>2s": 3, "latency:<=1s": 2, "error:true": 1, `prop.tenant:"acme co"`: 10, "prop.plan:*": 0,
		"person:Ann": 6, "person:ann@example.com": 6, "person:anon-of-u1": 6, "person:u*": 10, "person:u0": 4, "-person:Ann": 4, "person:ann": 0, "person:\"\"": 0,
		"kind:span": 1, "-kind:embedding": 10, "kind:span OR model:claude": 6, "trace:trace-0": 2,
	} {
		if n := count(q); n != want {
			t.Errorf("%s: %d rows, want %d", q, n, want)
		}
	}

	// Pages of a list that is sorted by another field have every row once, in order.
	var latencies []float64
	r := ListRequest{Sort: "-latency", Limit: 3, Count: true}
	for range 10 {
		l, err := w.Generations(t.Context(), scope, r)
		if err != nil || *l.Total != 10 {
			t.Fatal(l.Total, err)
		}
		for _, g := range l.Items {
			latencies = append(latencies, *g.LatencyS)
		}
		if l.Next == nil {
			break
		}
		r.Cursor = *l.Next
	}
	if !slices.Equal(latencies, []float64{9, 8, 7, 6, 5, 4, 3, 2, 1, 0}) {
		t.Errorf("by latency: %v", latencies)
	}
	traces, err := w.Traces(t.Context(), scope, ListRequest{Narrowing: Narrowing{Q: "model:claude", ErrorsOnly: true}, Sort: "start"})
	if err != nil || len(traces.Items) != 1 || traces.Items[0].ID != "trace-3" || traces.Total != nil {
		t.Errorf("%+v, error %v", traces.Items, err)
	}
	from := time.UnixMilli(hourAgo + 4*60_000).UTC().Format(time.RFC3339)
	traces, err = w.Traces(t.Context(), scope, ListRequest{Narrowing: Narrowing{From: from}})
	if err != nil || len(traces.Items) != 3 {
		t.Errorf("%+v, error %v", traces.Items, err)
	}
}

func TestAggregate(t *testing.T) {
	w := newWorld(t)
	chats(w)
	from, to := time.UnixMilli(hourAgo).UTC().Format(time.RFC3339), time.UnixMilli(hourAgo+12*60_000).UTC().Format(time.RFC3339)
	for _, c := range []struct {
		r    SumRequest
		want string
	}{
		{SumRequest{Of: "generations", Measures: "count,p95(latency),sum(input_tokens),uniq(person),rate(error)", By: "model"},
			`{"columns":[{"name":"model","type":"text","unit":""},{"name":"count","type":"number","unit":""},{"name":"p95(latency)","type":"duration","unit":"s"},` +
				`{"name":"sum(input_tokens)","type":"number","unit":""},{"name":"uniq(person)","type":"number","unit":""},{"name":"rate(error)","type":"number","unit":""}],` +
				`"rows":[["claude",5,8.6,50,2,0.2],["gpt-4o",5,7.6,50,2,0]],"truncated":false}`},
		{SumRequest{Of: "generations", Measures: "count", By: "person", Narrowing: Narrowing{Q: "latency:>=1s"}},
			`{"columns":[{"name":"person","type":"text","unit":""},{"name":"count","type":"number","unit":""}],"rows":[["u1",6],["u0",3]],"truncated":false}`},
		{SumRequest{Of: "generations", Measures: "count", By: "error", Limit: 1},
			`{"columns":[{"name":"error","type":"boolean","unit":""},{"name":"count","type":"number","unit":""}],"rows":[[false,9]],"truncated":true}`},
		{SumRequest{Of: "generations", Measures: "count,max(latency)", By: "time(4m)", Narrowing: Narrowing{From: from, To: to, Q: "model:gpt-4o"}},
			fmt.Sprintf(`{"columns":[{"name":"time(4m)","type":"time","unit":"ms"},{"name":"count","type":"number","unit":""},{"name":"max(latency)","type":"duration","unit":"s"}],"rows":[[%d,1,0],[%d,2,4],[%d,2,8],[%d,0,null]],"truncated":false}`,
				bucket(0), bucket(1), bucket(2), bucket(3))},
		// Without from and to, the range is from the first to the last matching row.
		{SumRequest{Of: "generations", Measures: "count", By: "time(4m)", Narrowing: Narrowing{Q: "model:gpt-4o"}},
			fmt.Sprintf(`{"columns":[{"name":"time(4m)","type":"time","unit":"ms"},{"name":"count","type":"number","unit":""}],"rows":[[%d,1],[%d,2],[%d,2]],"truncated":false}`,
				bucket(0), bucket(1), bucket(2))},
		{SumRequest{Of: "generations", Measures: "count", By: "time(1h)", Narrowing: Narrowing{Q: "model:nothing"}},
			fmt.Sprintf(`{"columns":[{"name":"time(1h)","type":"time","unit":"ms"},{"name":"count","type":"number","unit":""}],"rows":[[%d,0]],"truncated":false}`, now-now%3_600_000)},
		{SumRequest{Of: "traces", Measures: "count", By: "model", Order: "model"},
			`{"columns":[{"name":"model","type":"text","unit":""},{"name":"count","type":"number","unit":""}],"rows":[["claude",5],["gpt-4o",5]],"truncated":false}`},
	} {
		got, err := w.Aggregate(t.Context(), scope, c.r)
		text, _ := json.Marshal(got)
		if err != nil || string(text) != c.want {
			t.Errorf("%+v:\n got %s, error %v\nwant %s", c.r, text, err, c.want)
		}
	}
	for _, c := range []struct {
		r     SumRequest
		field string
	}{
		{SumRequest{Of: "things", Measures: "count"}, "of"}, {SumRequest{Of: "traces"}, "measure"}, {SumRequest{Of: "traces", Measures: "count", By: "latency"}, "by"},
		{SumRequest{Of: "traces", Measures: "count", Zone: "Mars"}, "tz"},
		{SumRequest{Of: "traces", Measures: "count", Order: "x"}, "order"}, {SumRequest{Of: "traces", Measures: "count", Limit: 1e6}, "limit"},
		{SumRequest{Of: "traces", Measures: "count", By: "time(1s)", Narrowing: Narrowing{From: "1926-01-01T00:00:00Z", To: "2026-01-01T00:00:00Z"}}, "by"},
	} {
		_, err := w.Aggregate(t.Context(), scope, c.r)
		var e *Error
		if !errors.As(err, &e) || e.Field != c.field {
			t.Errorf("%+v: %v", c.r, err)
		}
	}
}

// bucket is the start of the nth step of four minutes, counted from an hour before now.
func bucket(n int64) int64 {
	const step = 4 * 60_000
	return hourAgo - hourAgo%step + n*step
}

func TestFacets(t *testing.T) {
	w := newWorld(t)
	chats(w)
	got, err := w.Facets(t.Context(), scope, FacetsRequest{Of: "generations", Fields: "model,person,kind,error,prop.tenant", Narrowing: Narrowing{Q: "model:gpt-4o"}, Limit: 1})
	text, _ := json.Marshal(got)
	want := `{"facets":[{"field":"model","values":[{"value":"claude","count":5}],"other":5},{"field":"person","values":[{"value":"u1","count":3}],"other":2},` +
		`{"field":"kind","values":[{"value":"generation","count":5}],"other":0},{"field":"error","values":[{"value":false,"count":5}],"other":0},` +
		`{"field":"prop.tenant","values":[{"value":"acme co","count":5}],"other":0}]}`
	if err != nil || string(text) != want {
		t.Errorf("got %s, error %v\nwant %s", text, err, want)
	}
	if _, err := w.Facets(t.Context(), scope, FacetsRequest{Of: "generations", Fields: "latency"}); err == nil || !strings.Contains(err.Error(), "too many values") {
		t.Error(err)
	}
}

func TestFields(t *testing.T) {
	w := newWorld(t)
	for _, of := range filter.Lists {
		l, err := w.Fields(string(of))
		if err != nil || len(l.Fields) < 10 || l.Fields[len(l.Fields)-1].Name != "prop.NAME" {
			t.Errorf("%s: %+v, error %v", of, l, err)
		}
	}
	if _, err := w.Fields("x"); err == nil {
		t.Error("fields of nothing")
	}
}

// TestSearchSaysHowFarItLooked: a list that has found nothing yet says how far it searched, and its cursor continues until the match is found.
func TestSearchSaysHowFarItLooked(t *testing.T) {
	w := newWorld(t)
	old := w.event(model.KindGeneration, "old", 0)
	w.content(old, `"a refund"`, `"granted"`)
	for i := range int64(5000) { // more than a list searches at first
		w.event(model.KindGeneration, "new", 1000+i)
	}
	w.commit()
	w.patience = 1
	r := ListRequest{Narrowing: Narrowing{Q: "refund"}}
	l, err := w.Generations(t.Context(), scope, r)
	if err != nil || len(l.Items) != 0 || l.Next == nil || l.SearchedToMS == nil || *l.SearchedToMS <= now-time.Hour.Milliseconds()+1000 {
		t.Fatalf("%+v, error %v", l, err)
	}
	for n := 0; l.Next != nil; n++ {
		r.Cursor = *l.Next
		if l, err = w.Generations(t.Context(), scope, r); err != nil || n > 10 {
			t.Fatal(n, err)
		}
	}
	if len(l.Items) != 1 || l.Items[0].ID != old.String() || l.SearchedToMS != nil {
		t.Errorf("%+v", l)
	}
}
