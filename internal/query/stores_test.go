package query

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/filter/filtertest"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/clickhouse"
	"github.com/playheadhq/playhead/internal/store/clickhouse/chtest"
	"github.com/playheadhq/playhead/internal/store/duckdb"
	"github.com/playheadhq/playhead/internal/store/storetest"
)

// servers are the ClickHouse servers of all tests of this package, each of which has its own database.
var servers struct {
	sync.Mutex
	dir       string
	all       *chtest.Servers
	databases int
}

func TestMain(m *testing.M) {
	code := m.Run()
	if servers.all != nil {
		if err := errors.Join(servers.all.Close(), os.RemoveAll(servers.dir)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = max(code, 1)
		}
	}
	os.Exit(code)
}

// emptyStore opens an empty storage of the kind that storetest.Env asks for: DuckDB, or else ClickHouse.
func emptyStore(t testing.TB) (s store.Store) {
	t.Helper()
	var err error
	if storetest.Asked("clickhouse") && !storetest.Asked("duckdb") {
		s, err = clickhouse.Open(context.Background(), clickhouse.Options{URL: emptyDatabase(t)})
	} else {
		s, err = duckdb.Open(context.Background(), duckdb.Options{Dir: t.TempDir()})
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func emptyDatabase(t testing.TB) string {
	servers.Lock()
	defer servers.Unlock()
	if servers.all == nil {
		var err error
		if servers.dir, err = os.MkdirTemp("", "playhead-clickhouse-"); err == nil {
			servers.all, err = chtest.Start(context.Background(), servers.dir, 1)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	servers.databases++
	return servers.all.URL(fmt.Sprintf("query_%d", servers.databases))
}

// The rows of every list of groups are what the query language means, in every order and page by page, over random data.
func TestGroupListsAreTheirMeaning(t *testing.T) {
	s := emptyStore(t)
	lists := map[string]*grouping{"conversations": conversationFigures, "traces of conversations": conversationTraces}
	for name, g := range groupLists {
		lists[name] = g
	}
	for seed := range uint64(3) {
		r := filtertest.NewRandom(100 + seed)
		w := r.World(60 + 30*int(seed))
		project := fmt.Sprint("world ", seed)
		storetest.StoreWorld(t, s, w, project)
		for name, g := range lists {
			where := filter.And{g.terms}
			if seed > 0 {
				q := r.Expression(g.of, 2)
				e, err := filter.Parse(g.of, q)
				if err != nil {
					t.Fatalf("%s: %v", q, err)
				}
				where = append(where, e)
			}
			sorts := append([]string{}, g.figures...)
			for _, b := range g.by {
				sorts = append(sorts, b.Field.Name)
			}
			for i, sort := range sorts {
				request := ListRequest{Limit: 1 + (i+int(seed))%4, Sort: []string{"", "-"}[i%2] + sort}
				samePages(t, s, w, store.Question{Project: project, Of: g.of, Where: where, People: w.People, Weights: filtertest.Weights}, name, g, request)
			}
		}
	}
}

// samePages reads a list to its end, by cursors, and compares each page with the meaning of its sum.
func samePages(t *testing.T, s store.Store, w *filtertest.World, q store.Question, name string, g *grouping, r ListRequest) {
	t.Helper()
	for range 200 {
		sum, err := g.sum(r)
		if err != nil {
			t.Fatalf("%s by %s: %v", name, r.Sort, err)
		}
		want := w.Table(q.Of, q.Where, sum, filter.Span{})
		got, err := s.Sum(t.Context(), q, sum, filter.Span{})
		if err != nil || !filtertest.SameTable(sum, got.Table, want) {
			t.Errorf("%s by %s where %s, after %v:\n got %v, error %v\nwant %v", name, r.Sort, filter.String(q.Where), sum.After, got.Table, err, want)
			return
		}
		if !got.Truncated {
			return
		}
		r.Cursor = g.place(sum, got.Rows[len(got.Rows)-1])
	}
	t.Errorf("%s by %s has no end", name, r.Sort)
}
