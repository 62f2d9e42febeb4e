package store_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/clickhouse"
	"github.com/playheadhq/playhead/internal/store/storetest"
)

// TestClickHouseCopies reads a trace of a session that was stored three times, with limits below, at and above the number of its rows and of its
// copies: removing duplicates in this process and in the server must give the same.
func TestClickHouseCopies(t *testing.T) {
	for name, shards := range map[string]int{"clickhouse": 1, "clickhouse-shards": 2} {
		if slices.Contains(strings.Split(os.Getenv(storetest.Env), ","), name) {
			t.Run(name, func(t *testing.T) { testCopies(t, shards) })
		}
	}
}

func testCopies(t *testing.T, shards int) {
	now := time.UnixMilli(benchStart)
	s := openNode(t, clickhouse.Options{URL: emptyDatabase(t, shards), Now: func() time.Time { return now }})
	const rows = 100 // with their copies more than are summed up in this process
	var want []model.Event
	for i := range int64(rows) {
		want = append(want, model.Event{
			Project: project, UUID: uuid.Must(uuid.NewV7()), Name: "$ai_generation", Kind: model.KindGeneration, TimeMS: benchStart + i, StartMS: benchStart + i,
			TraceID: "trace", SessionID: "session", Title: "first", Tokens: model.Tokens{Input: 1, Output: 2, Total: 3},
		})
	}
	for range 3 {
		again := slices.Clone(want)
		if now.After(time.UnixMilli(benchStart)) {
			for i := range again { // the first copy is kept, whatever the others contain
				again[i].Title, again[i].StartMS, again[i].TimeMS = "later", benchStart-int64(i), benchStart+5000
			}
		}
		commitAll(t, s, &store.Batch{Events: again})
		now = now.Add(time.Second)
	}
	titles := func(events []model.Event) (all []string) {
		for _, e := range events {
			all = append(all, e.UUID.String()+" "+e.Title)
		}
		return all
	}
	for _, limit := range []int{1, rows - 1, rows, rows + 1, 3*rows - 1, 3 * rows, 3*rows + 1} {
		shown := titles(want[:min(limit, rows)])
		got, err := s.TraceEvents(t.Context(), project, []string{"trace", "none"}, limit)
		if err != nil || !slices.Equal(titles(got), shown) {
			t.Errorf("TraceEvents, at most %d: %d events, %v; want %d, the first ones", limit, len(got), err, len(shown))
		}
		got, err = s.SessionEvents(t.Context(), project, "session", limit)
		if err != nil || !slices.Equal(titles(got), shown) {
			t.Errorf("SessionEvents, at most %d: %d events, %v; want %d, the first ones", limit, len(got), err, len(shown))
		}
	}
	if e, err := s.Event(t.Context(), project, want[7].UUID); err != nil || e.Title != "first" {
		t.Errorf("Event: %+v, %v", e, err)
	}
	for _, where := range []filter.Expr{filter.Everything, storetest.With(filter.Traces, "trace", "trace"), storetest.With(filter.Traces, "session", "session")} {
		page := storetest.Traces(t, s, project, where, 5)
		if len(page) != 1 || page[0].Generations != rows || page[0].Tokens.Input != rows || page[0].LastMS != benchStart+rows-1 {
			t.Errorf("Traces %+v: %+v", where, page)
		}
	}
}
