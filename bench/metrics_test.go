package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
)

// Counters of all nodes are added up, and histograms become means.
func TestCounters(t *testing.T) {
	var urls []string
	for node := range 2 {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprintf(w, "# HELP c Counts.\n# TYPE c counter\nc{kind=\"a b\"} %d\nrows_sum 1e+03\nrows_count 2\n", 1+node)
		}))
		t.Cleanup(s.Close)
		urls = append(urls, s.URL)
	}
	all, err := newClient(urls...).counters(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	grown := all.since(counters{`c{kind="a b"}`: 1})
	if grown[`c{kind="a b"}`] != 2 {
		t.Errorf("counters: %v", grown)
	}
	if mean, count := grown.mean("rows"); mean != 500 || count != 4 {
		t.Errorf("mean %v of %v", mean, count)
	}
}
