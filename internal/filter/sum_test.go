package filter

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

func at(t *testing.T, s string) int64 {
	t.Helper()
	when, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return when.UnixMilli()
}

func TestCompute(t *testing.T) {
	generation := func(start, model string, latency float64, failed int64) Row {
		r := row{values: map[string][]Value{"start": {{Int: at(t, start)}}, "error": {{Int: failed}}}}
		if model != "" {
			r.values["model"] = words(strings.Split(model, "+")...)
		}
		if latency >= 0 {
			r.values["latency"] = []Value{{Number: latency}}
		}
		return r
	}
	rows := []Row{
		generation("2026-05-04T00:10:00Z", "a", 1, 0), generation("2026-05-04T00:50:00Z", "a", 2, 0), generation("2026-05-04T02:00:00Z", "b", 10, 1),
		generation("2026-05-04T02:30:00Z", "a", 4, 1), generation("2026-05-04T02:31:00Z", "", -1, 0), generation("2026-05-04T02:32:00Z", "a+b", -1, 0),
	}
	day := Span{FromMS: at(t, "2026-05-04T00:00:00Z"), ToMS: at(t, "2026-05-04T04:00:00Z")}
	hour := func(n int64) Cell { return day.FromMS + n*3_600_000 }
	for _, c := range []struct {
		measures, by, order string
		limit               int
		want                [][]Cell
		truncated           bool
	}{
		{"count,sum(latency),avg(latency),min(latency),max(latency),uniq(model),rate(error)", "", "", 0,
			[][]Cell{{int64(6), 17.0, 4.25, 1.0, 10.0, int64(2), 1.0 / 3}}, false},
		{"p50(latency),p90(latency),p99(latency)", "", "", 0, [][]Cell{{3.0, 8.2, 9.82}}, false},
		{"count,max(latency)", "model", "", 0, [][]Cell{{"a", int64(4), 4.0}, {"b", int64(2), 10.0}, {nil, int64(1), nil}}, false},
		{"count,max(latency)", "model", "-max(latency)", 2, [][]Cell{{"b", int64(2), 10.0}, {"a", int64(4), 4.0}}, true},
		{"count", "model", "model", 1, [][]Cell{{"a", int64(4)}}, true},
		{"count,avg(latency)", "time(1h)", "", 0,
			[][]Cell{{hour(0), int64(2), 1.5}, {hour(1), int64(0), nil}, {hour(2), int64(4), 7.0}, {hour(3), int64(0), nil}}, false},
		{"count", "model,time(2h)", "", 0,
			[][]Cell{{"a", hour(0), int64(2)}, {"b", hour(0), int64(0)}, {nil, hour(0), int64(0)}, {"a", hour(2), int64(2)}, {"b", hour(2), int64(2)}, {nil, hour(2), int64(1)}}, false},
		{"count,max(latency)", "latency(2s/5000ms)", "latency(2s/5s)", 0, [][]Cell{{0.0, int64(1), 1.0}, {1.0, int64(2), 4.0}, {2.0, int64(1), 10.0}, {nil, int64(2), nil}}, false},
		{"min(start)", "error", "error", 0, [][]Cell{{int64(0), hour(0).(int64) + 600_000}, {int64(1), hour(2)}}, false},
	} {
		s := Sum{Limit: c.limit}
		var err error
		if s.Measures, err = ParseMeasures(Generations, c.measures); err != nil {
			t.Fatal(err)
		}
		if s.By, err = ParseGroups(Generations, c.by, day); err != nil {
			t.Fatal(err)
		}
		if err := ParseOrder(&s, c.order); err != nil {
			t.Fatal(err)
		}
		got := Compute(rows, s, day)
		if !same(got.Rows, c.want) || got.Truncated != c.truncated {
			t.Errorf("%s by %s order %s: %v, want %v", c.measures, c.by, c.order, got, c.want)
		}
	}
}

// A group's condition finds the rows that it counts.
func TestGroupsAsConditions(t *testing.T) {
	groups, err := ParseGroups(Generations, "latency(2s/5s),model,error", Span{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		group int
		cell  Cell
		want  string
	}{
		{0, 0.0, "latency:<2s"}, {0, 1.0, "latency:>=2s latency:<5s"}, {0, 2.0, "latency:>=5s"}, {0, nil, "-latency:*"},
		{1, "a b", `model:"a b"`}, {1, nil, "-model:*"}, {2, int64(1), "error:true"},
	} {
		if got := String(groups[c.group].Is(c.cell)); got != c.want {
			t.Errorf("%s is %v: %s, want %s", groups[c.group], c.cell, got, c.want)
		}
	}
	if text := groups[0].String(); text != "latency(2s/5s)" {
		t.Errorf("written as %s", text)
	}
}

// same compares tables, numbers to nine digits.
func same(a, b [][]Cell) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if len(a[i]) != len(b[i]) {
			return false
		}
		for j := range a[i] {
			x, isNumber := a[i][j].(float64)
			y, _ := b[i][j].(float64)
			if isNumber && x-y < 1e-9 && y-x < 1e-9 {
				continue
			}
			if !reflect.DeepEqual(a[i][j], b[i][j]) {
				return false
			}
		}
	}
	return true
}

// A day has 23 or 25 hours when clocks change, and buckets follow the zone's clock.
func TestBuckets(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		step      Step
		at, begin string
	}{
		{Step{Days: 1}, "2026-03-29T12:00:00+02:00", "2026-03-29T00:00:00+01:00"},
		{Step{Days: 1}, "2026-10-25T23:30:00+01:00", "2026-10-25T00:00:00+02:00"},
		{Step{Days: 7}, "2026-05-03T23:59:59+02:00", "2026-04-27T00:00:00+02:00"},
		{Step{Seconds: 6 * 3600}, "2026-05-04T07:00:00+02:00", "2026-05-04T06:00:00+02:00"},
		{Step{Seconds: 5}, "1969-12-31T23:59:58Z", "1969-12-31T23:59:55Z"},
	} {
		if got := (Span{Zone: berlin}).Bucket(c.step, at(t, c.at)); got != at(t, c.begin) {
			t.Errorf("%s of %s begins at %s, want %s", c.step, c.at, time.UnixMilli(got).In(berlin), c.begin)
		}
	}
	// The buckets of a year follow each other without a hole, each beginning where Bucket says.
	for _, s := range []Step{{Days: 1}, {Days: 7}, {Seconds: 3600}} {
		x := Span{FromMS: at(t, "2026-01-01T00:00:00Z"), ToMS: at(t, "2027-01-01T00:00:00Z"), Zone: berlin}
		for ms := x.Bucket(s, x.FromMS); ms < x.ToMS; {
			next := x.Next(s, ms)
			if next <= ms || x.Bucket(s, next) != next || x.Bucket(s, next-1) != ms {
				t.Fatalf("after %s comes %s in steps of %s", time.UnixMilli(ms).In(berlin), time.UnixMilli(next).In(berlin), s)
			}
			ms = next
		}
	}
}

func TestBadSums(t *testing.T) {
	year := Span{FromMS: 0, ToMS: 365 * 86_400_000}
	measures := func(text string) error { _, err := ParseMeasures(Generations, text); return err }
	groups := func(text string) error { _, err := ParseGroups(Generations, text, year); return err }
	for _, c := range []struct {
		err  error
		at   int
		says string
	}{
		{measures(""), 0, "At least one"},
		{measures("count,median(latency)"), 6, "p50"},
		{measures("count, p95"), 7, "not a measure"},
		{measures("p95(latencyy)"), 4, `Did you mean "latency"?`},
		{measures("sum(model)"), 0, "of model: uniq"},
		{measures("count,count"), 6, "twice"},
		{measures(strings.Repeat("count,", 11)), 6, "twice"},
		{measures(strings.Repeat("x", 2000)), 0, "2000 bytes"},
		{groups("model,model"), 6, "twice"},
		{groups("latency"), 0, "too many values"},
		{groups("a,b,c,d"), 0, "no field"},
		{groups("model,provider,kind,name"), 20, "more than 3 groups"},
		{groups("time(1s)"), 0, "31536000 buckets"},
		{groups("time(1y)"), 0, "not a step"},
		{groups("time(0h)"), 0, "not a step"},
		{groups("clicks"), 0, "no field"},
		{groups("latency(2s/1s)"), 0, "ascending order: 2s/1s"},
		{groups("latency(1s/x)"), 0, "\"x\" is not one of latency"},
		{groups("latency()"), 0, "latency(1s/2s/5s)"},
		{groups("model,tool(1/2)"), 6, "tool is a text: only numbers"},
		{groups("latencyy(1s)"), 0, "Did you mean \"latency\"?"},
		{groups("latency(" + strings.Repeat("1/", 30) + "2)"), 0, "ascending"},
		{func() error { _, err := ParseGroups(Traces, "time(1h)", Span{}); return err }(), 0, "from and to"},
		{ParseOrder(&Sum{Measures: []Measure{{Name: "count"}}}, "-latency"), 0, "count"},
		{func() error { _, err := Rows(50_000, nil); return err }(), 0, "1 to 10000"},
	} {
		var s *SyntaxError
		if !errors.As(c.err, &s) {
			t.Errorf("%q passed", c.says)
			continue
		}
		if s.At != c.at || !strings.Contains(s.Message, c.says) {
			t.Errorf("at %d, want %d: %s, want %s", s.At, c.at, s.Message, c.says)
		}
	}
	for days, want := range map[int64]string{1: "30m", 7: "3h", 30: "12h", 365: "1w", 4000: "10w"} {
		g, err := ParseGroups(Traces, "time(auto)", Span{FromMS: 0, ToMS: days * 86_400_000})
		if err != nil || g[0].Step.String() != want {
			t.Errorf("%d days: %v, %v, want %s", days, g, err, want)
		}
	}
}
