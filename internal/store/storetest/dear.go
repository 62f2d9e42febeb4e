package storetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// testDear runs queries that would take for ever, or all memory, if an engine computed them in the obvious way.
func testDear(t *testing.T, f Factory) {
	s := opened(t, f)
	b := &store.Batch{}
	hostile := strings.Repeat("a", 4000)
	for i := range 30 {
		e := call(i, fmt.Sprint("t", i), day+int64(i)*1000)
		e.SessionID, e.URL, e.IsError, e.Error = "s", hostile, true, hostile
		b.Events = append(b.Events, e)
	}
	b.Identities = []model.Identity{{Project: project, UUID: id(100), TimeMS: day, ID: hostile, Name: hostile}}
	commit(t, s, b)
	question := func(of filter.Of, q string) store.Question {
		where, err := filter.Parse(of, q)
		if err != nil {
			t.Fatal(err)
		}
		return store.Question{Project: project, Of: of, Where: where}
	}

	// Trying all ways to split a text at four stars would take years.
	for of, q := range map[filter.Of]string{
		filter.Generations: "error_text:*a*a*a*b", filter.Traces: "error_text:a*a*a*a*b", filter.Sessions: "url:*a*a*a*b",
	} {
		if n, err := s.Count(t.Context(), question(of, q)); err != nil || n.Rows != 0 {
			t.Errorf("%s %s: %d, error %v", of, q, n.Rows, err)
		}
		if n, err := s.Count(t.Context(), question(of, strings.TrimSuffix(q, "b")+"a")); err != nil || n.Rows == 0 {
			t.Errorf("%s %s: %d, error %v", of, q, n.Rows, err)
		}
	}
	if ids, err := s.FindNamed(t.Context(), project, filter.Value{Text: "*a*a*a*b", Pattern: true}, 10); err != nil || len(ids) != 0 {
		t.Errorf("%d ids, error %v", len(ids), err)
	}

	// These queries have the maximum number of terms, and the maximum depth.
	deep := "model:x"
	for range filter.MaxDepth {
		deep = "(" + deep + " OR -error:true)"
	}
	for _, of := range []filter.Of{filter.Generations, filter.Traces} {
		wide := deep + strings.Repeat(" OR refund", filter.MaxTerms-2*filter.MaxDepth-2)
		if n, err := s.Count(t.Context(), question(of, wide)); err != nil || n.Rows != 0 {
			t.Errorf("%s, a long expression: %d, error %v", of, n.Rows, err)
		}
	}

	// Thirty traces have a thousand steps of time each.
	span := filter.Span{FromMS: day, ToMS: day + 1_000_000, Zone: time.UTC}
	by, err := filter.ParseGroups(filter.Generations, "trace,time(1s)", span)
	if err != nil {
		t.Fatal(err)
	}
	sum := filter.Sum{Measures: []filter.Measure{{Name: "count"}}, By: by, Limit: filter.MaxRows}
	if _, err := s.Sum(t.Context(), question(filter.Generations, ""), sum, span); !errors.Is(err, store.ErrTooMuch) {
		t.Errorf("more groups than there may be: error %v", err)
	}
}
