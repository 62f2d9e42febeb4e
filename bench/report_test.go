package main

import (
	"testing"
	"time"
)

func TestSideBySide(t *testing.T) {
	r := &report{part: "cluster"}
	for of, v := range map[string]float64{"embedded": 2000, "two shards": 500} {
		r.Figures = append(r.Figures, figure{"cluster", "events", of, v, "events/s", "", "a million"})
	}
	if r.Figures[0].Of != "embedded" {
		r.Figures[0], r.Figures[1] = r.Figures[1], r.Figures[0]
	}
	r.Figures = append(r.Figures, figure{"cluster", "ClickHouse", "two shards", 1.234, "s", "2 at most", "another"})
	const want = `Commit , . , .

    

| cluster | unit | embedded | two shards | two shards : embedded | asked for | data |
| --- | --- | ---: | ---: | ---: | --- | --- |
| events | events/s | 2000 | 500 | 0.25 |  | 1 |
| ClickHouse | s | | 1.23 | | 2 at most | 2 |

Data:

1. a million
2. another
`
	if got := r.markdown(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestPercentiles(t *testing.T) {
	var took []time.Duration
	for i := range 100 {
		took = append(took, time.Duration(100-i)*time.Millisecond)
	}
	if median, p95 := percentiles(took); median != 51 || p95 != 96 {
		t.Errorf("median %v ms, p95 %v ms of 1 to 100 ms", median, p95)
	}
}
