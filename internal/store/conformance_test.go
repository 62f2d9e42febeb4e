package store_test

import (
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/duckdb"
	"github.com/playheadhq/playhead/internal/store/storetest"
)

// backends are all implementations. Those that need a server say how to get one.
var backends = map[string]storetest.Backend{
	"duckdb": {Factory: func(t *testing.T) func(*testing.T) store.Store {
		dir := t.TempDir()
		return func(t *testing.T) store.Store {
			s, err := duckdb.Open(t.Context(), duckdb.Options{Dir: dir})
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
	}, Retained: func(t *testing.T, after store.Retention) (store.Store, func(*testing.T)) {
		s, err := duckdb.Open(t.Context(), duckdb.Options{Dir: t.TempDir(), Retention: after})
		if err != nil {
			t.Fatal(err)
		}
		return s, func(t *testing.T) {
			for _, project := range after.Projects() {
				if _, err := s.Forget(t.Context(), project, time.Now().AddDate(0, 0, -after[project])); err != nil {
					t.Fatal(err)
				}
			}
		}
	}},
}

func TestConformance(t *testing.T) { storetest.Backends(t, backends, "duckdb") }
