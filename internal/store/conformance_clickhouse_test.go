package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/clickhouse"
	"github.com/playheadhq/playhead/internal/store/clickhouse/chtest"
	"github.com/playheadhq/playhead/internal/store/storetest"
)

func init() {
	backends["clickhouse"] = storetest.Backend{Factory: clickhouseFactory(1), Retained: clickhouseRetained(1), CountsWithinBatch: true, Parallel: true}
	backends["clickhouse-shards"] = storetest.Backend{Factory: clickhouseFactory(2), Retained: clickhouseRetained(2), CountsWithinBatch: true, Parallel: true, SeenInParts: true}
}

// started are the ClickHouse servers that were started for backends: those of one backend serve all of its tests, each of which has its own database.
var started struct {
	sync.Mutex
	dir       string
	servers   map[int]*chtest.Servers
	databases int
}

func TestMain(m *testing.M) {
	code := m.Run()
	var errs []error
	for _, s := range started.servers {
		errs = append(errs, s.Close())
	}
	if started.dir != "" {
		errs = append(errs, os.RemoveAll(started.dir))
	}
	if err := errors.Join(errs...); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	os.Exit(code)
}

func clickhouseFactory(shards int) storetest.Factory {
	return func(t *testing.T) func(*testing.T) store.Store {
		url := emptyDatabase(t, shards)
		return func(t *testing.T) store.Store {
			s, err := clickhouse.Open(t.Context(), clickhouse.Options{URL: url})
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
	}
}

func clickhouseRetained(shards int) func(*testing.T, store.Retention) (store.Store, func(*testing.T)) {
	return func(t *testing.T, after store.Retention) (store.Store, func(*testing.T)) {
		url := emptyDatabase(t, shards)
		s, err := clickhouse.Open(t.Context(), clickhouse.Options{URL: url, Retention: after})
		if err != nil {
			t.Fatal(err)
		}
		return s, func(t *testing.T) { mergeAll(t, shards, url) }
	}
}

// mergeAll makes every server merge all of its data: copies become one row, and rows that are too old disappear. The servers merge by themselves, too,
// so a table that is left out is merged on some days and not on others.
func mergeAll(t *testing.T, shards int, url string) {
	t.Helper()
	tables := ask(t, shards, "SELECT name FROM system.tables WHERE database = '"+database(url)+"' AND engine LIKE '%MergeTree' FORMAT TSVRaw")[0]
	for table := range strings.FieldsSeq(tables) {
		ask(t, shards, fmt.Sprintf("OPTIMIZE TABLE %s.%s FINAL", database(url), table))
	}
}

// emptyDatabase returns the address of a database that does not exist yet.
func emptyDatabase(t *testing.T, shards int) (url string) {
	t.Helper()
	started.Lock()
	defer started.Unlock()
	if started.servers == nil {
		dir, err := os.MkdirTemp("", "playhead-clickhouse-")
		if err != nil {
			t.Fatal(err)
		}
		started.dir, started.servers = dir, map[int]*chtest.Servers{}
	}
	servers := started.servers[shards]
	if servers == nil {
		var err error
		// They must not end with the first test that needs them.
		if servers, err = chtest.Start(context.Background(), fmt.Sprintf("%s/%d", started.dir, shards), shards); err != nil {
			t.Fatal(err)
		}
		started.servers[shards] = servers
	}
	started.databases++
	return servers.URL(fmt.Sprintf("test_%d", started.databases))
}
