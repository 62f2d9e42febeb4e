package clickhouse

import (
	"errors"
	"testing"
)

// Parts are listed once for all who arrived before the listing began, and again for everybody who arrived later, for other projects, and after a
// failure.
func TestListedOnce(t *testing.T) {
	s := newStamps()
	listings := 0
	list := func() ([]part, error) {
		listings++
		return []part{{name: "a"}}, nil
	}
	failing := func() ([]part, error) { return nil, errors.New("no connection") }
	first, second, third := s.asked.Add(1), s.asked.Add(1), s.asked.Add(1)
	if _, err := s.listed("p", first, failing); err == nil {
		t.Error("no error")
	}
	for i, ask := range []struct {
		project string
		arrived int64 // 0 means now
		want    int
	}{{"p", first, 1}, {"p", second, 1}, {"p", third, 1}, {"q", third, 2}, {"q", 0, 3}, {"p", third, 4}, {"p", 0, 5}} {
		if ask.arrived == 0 {
			ask.arrived = s.asked.Add(1)
		}
		parts, err := s.listed(ask.project, ask.arrived, list)
		if err != nil || len(parts) != 1 || listings != ask.want {
			t.Errorf("%d: %v, %v; listed %d times, want %d", i, parts, err, listings, ask.want)
		}
	}
}
