//go:build cgo

package duckdb

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/table"
)

// Each row is stored with its own values, whatever the row before it says: the same, others, none, 0 and -0, and text that is not UTF-8.
func TestConsecutiveRowsHaveTheirOwnValues(t *testing.T) {
	s := open(t, Options{})
	texts := []string{"", "a", "a", "\xff", "\xff", "\uFFFD", "b", ""}
	numbers := []float64{0, math.Copysign(0, -1), 0, 1.5, 1.5, -1, math.Copysign(0, -1), 0}
	b := &store.Batch{}
	for i := range texts {
		b.Events = append(b.Events, model.Event{
			Project: "p", UUID: uuid.NewSHA1(uuid.Nil, fmt.Append(nil, i)), Kind: model.KindGeneration, Name: "n", TraceID: "t", Model: texts[i], LatencyMS: numbers[i], StartMS: int64(i / 2), TimeMS: int64(i),
		})
	}
	if _, err := s.Commit(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	got, err := s.traceEvents(t.Context(), "p", []string{"t"}, 100)
	if err != nil || len(got) != len(texts) {
		t.Fatalf("%d rows: %v", len(got), err)
	}
	for _, e := range got {
		i := int(e.TimeMS)
		if want := table.Clean(texts[i]); e.Model != want || e.StartMS != int64(i/2) || math.Float64bits(e.LatencyMS) != math.Float64bits(numbers[i]) {
			t.Errorf("row %d: %q %v %v, want %q %v", i, e.Model, e.StartMS, e.LatencyMS, want, numbers[i])
		}
	}
}

// Events are sorted by start and then by id, whatever their order was.
func TestSortByStart(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for n := range 60 {
		events := make([]model.Event, n)
		for i := range events {
			events[i] = model.Event{StartMS: int64(r.IntN(1 + n/2)), UUID: uuid.UUID{byte(r.IntN(256)), byte(i)}, Name: fmt.Sprint(i)}
		}
		want := slices.Clone(events)
		slices.SortStableFunc(want, func(a, b model.Event) int {
			return cmp.Or(cmp.Compare(a.StartMS, b.StartMS), cmp.Compare(a.UUID.String(), b.UUID.String()))
		})
		if sortByStart(events); !reflect.DeepEqual(events, want) {
			t.Fatalf("%d events are in another order", n)
		}
		if sortByStart(events); !reflect.DeepEqual(events, want) {
			t.Fatalf("%d sorted events are in another order", n)
		}
	}
}
