//go:build cgo

package duckdb

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/storetest"
	"github.com/playheadhq/playhead/internal/store/table"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(victimDir); dir != "" {
		seed, _ := strconv.ParseUint(os.Getenv(victimSeed), 10, 64)
		fmt.Fprintln(os.Stderr, victim(dir, seed))
		os.Exit(1)
	}
	goleak.VerifyTestMain(m)
}

func open(t *testing.T, o Options) *Store {
	t.Helper()
	if o.Dir == "" {
		o.Dir = t.TempDir()
	}
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

// TestListsInSteps runs the suite's comparison of all lists with such a small first step that each page takes several.
func TestListsInSteps(t *testing.T) {
	s := open(t, Options{})
	s.firstStep, s.few = 4, 4
	storetest.Lists(t, s)
}

// TestLanguageInSteps does the same for the query language.
func TestLanguageInSteps(t *testing.T) {
	s := open(t, Options{})
	s.firstStep, s.few = 4, 4
	storetest.Language(t, s)
}

// TestSums runs the suite's comparison of sums with such a small limit that DuckDB computes most sums.
func TestSums(t *testing.T) {
	s := open(t, Options{})
	s.few = 3
	storetest.Summaries(t, s)
}

var update = flag.Bool("update", false, "write testdata/queries.golden.sql anew")

// TestGolden shows every statement as it is sent.
func TestGolden(t *testing.T) {
	names := make([]string, 0, len(queries))
	for name := range queries {
		names = append(names, name)
	}
	slices.Sort(names)
	var all strings.Builder
	for _, name := range names {
		all.WriteString("-- " + name + ": " + strings.Join(parameters[name], ", ") + "\n" + queries[name] + "\n")
	}
	const golden = "testdata/queries.golden.sql"
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, []byte(all.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if all.String() != string(want) {
		t.Errorf("statements differ from %s; look at them, then run go test -run Golden -update", golden)
	}
}

// TestEveryQueryIsUsed: a statement that is not used is not tested either.
func TestEveryQueryIsUsed(t *testing.T) {
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var code strings.Builder
	for _, name := range sources {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		code.Write(text)
	}
	for name := range queries {
		whole := strings.Contains(code.String(), `"`+name+`"`)
		kind, step, _ := strings.Cut(name, "_")
		inSteps := slices.Contains(filter.Lists, filter.Of(kind)) && strings.Contains(code.String(), `"_`+step+`"`)
		if !whole && !inSteps {
			t.Errorf("no code names the statement %s", name)
		}
	}
}

func TestOpenTwice(t *testing.T) {
	first := open(t, Options{})
	_, err := Open(t.Context(), Options{Dir: first.options.Dir})
	if !errors.Is(err, store.ErrInUse) || !strings.Contains(err.Error(), first.options.Dir) {
		t.Errorf("Open of what is open: %v, want ErrInUse that names the directory", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, Options{Dir: first.options.Dir})
}

func TestOpenNewer(t *testing.T) {
	s := open(t, Options{})
	if err := s.engine.exec(t.Context(), "INSERT INTO schema_versions VALUES (1000, 0)"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the first attempt must not leave the directory locked
		_, err := Open(t.Context(), Options{Dir: s.options.Dir})
		if !errors.Is(err, store.ErrNewer) || !strings.Contains(err.Error(), "schema version 1000") {
			t.Errorf("Open: %v, want ErrNewer that says which version", err)
		}
	}
}

func TestOpenWhatIsNone(t *testing.T) {
	for name, prepare := range map[string]func(dir string) error{
		"a file in the way": func(dir string) error { return os.WriteFile(dir, nil, 0o600) },
		"no database": func(dir string) error {
			return errors.Join(os.Mkdir(dir, 0o700), os.WriteFile(filepath.Join(dir, fileName), []byte(strings.Repeat("x", 1<<16)), 0o600))
		},
		"a database cut short": func(dir string) error {
			return errors.Join(os.Mkdir(dir, 0o700), os.WriteFile(filepath.Join(dir, fileName), []byte("xxxx"), 0o600))
		},
		"a directory in its place": func(dir string) error { return os.MkdirAll(filepath.Join(dir, fileName), 0o700) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			if err := prepare(dir); err != nil {
				t.Fatal(err)
			}
			if s, err := Open(t.Context(), Options{Dir: dir}); err == nil {
				s.Close()
				t.Error("Open succeeded")
			}
		})
	}
	for _, dir := range []string{"", "with?question", "with#hash", "with%percent"} {
		if _, err := Open(t.Context(), Options{Dir: dir}); err == nil {
			t.Errorf("Open(%q) succeeded", dir)
		}
	}
}

func TestMinFree(t *testing.T) {
	s := open(t, Options{MinFreeBytes: math.MaxInt64})
	_, err := s.Commit(t.Context(), newTraffic(1).batch(1))
	if !errors.Is(err, store.ErrFull) || !strings.Contains(err.Error(), "MiB free") {
		t.Errorf("Commit: %v, want ErrFull that says how much is free", err)
	}
	if err := s.Ping(t.Context()); !errors.Is(err, store.ErrFull) {
		t.Errorf("Ping: %v, want ErrFull", err)
	}
	if s.failed != nil || s.engine.seen != nil {
		t.Error("DuckDB was bothered")
	}
	if _, err := s.Totals(t.Context(), project); err != nil {
		t.Errorf("reading on a full disk: %v", err)
	}
}

// TestOlder: data from before there were projects are not changed, and the message says what to do with them.
func TestOlder(t *testing.T) {
	s := open(t, Options{})
	if err := s.engine.exec(t.Context(), "UPDATE schema_versions SET version = 3"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		_, err := Open(t.Context(), Options{Dir: s.options.Dir})
		if !errors.Is(err, store.ErrOlder) || !strings.Contains(err.Error(), "schema version 3") || !strings.Contains(err.Error(), "export") {
			t.Errorf("Open: %v, want ErrOlder that says what to do", err)
		}
	}
}

// TestNewColumn: rows that were stored by a version without a column are read as if it were empty, and opening adds the column.
func TestNewColumn(t *testing.T) {
	s, b := open(t, Options{}), newTraffic(1).batch(20)
	if _, err := s.Commit(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	for _, column := range []string{"env", "properties", "untimed"} {
		if err := s.engine.exec(t.Context(), "ALTER TABLE events DROP COLUMN "+column); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, Options{Dir: s.options.Dir})
	if e, err := s.Event(t.Context(), project, b.Events[7].UUID); err != nil || !reflect.DeepEqual(e, b.Events[7]) {
		t.Errorf("from before there was the column: %v\n got %+v\nwant %+v", err, e, b.Events[7])
	}
	more := newTraffic(2).batch(1)
	more.Events[0].Env, more.Events[0].Properties = "production", []model.Property{{Name: "tenant", Value: "acme"}}
	if _, err := s.Commit(t.Context(), more); err != nil {
		t.Fatal(err)
	}
	if e, err := s.Event(t.Context(), project, more.Events[0].UUID); err != nil || !reflect.DeepEqual(e, more.Events[0]) {
		t.Errorf("with the column: %v\n got %+v\nwant %+v", err, e, more.Events[0])
	}
	if err := s.engine.exec(t.Context(), "ALTER TABLE blocks ADD COLUMN from_the_future VARCHAR"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), Options{Dir: s.options.Dir}); !errors.Is(err, store.ErrNewer) || !strings.Contains(err.Error(), "from_the_future") {
		t.Errorf("Open of what has a column that nobody knows: %v", err)
	}
}

// TestFailedCommit: after a failed commit, whatever the reason, none of its rows count as stored, all acknowledged data are there, readers do not
// notice it, and the next commit succeeds.
func TestFailedCommit(t *testing.T) {
	s, traffic := open(t, Options{}), newTraffic(1)
	kept, lost := traffic.batch(50), traffic.batch(50)
	if _, err := s.Commit(t.Context(), kept); err != nil {
		t.Fatal(err)
	}
	// A row that the table does not accept ends a commit when half of it was appended.
	if _, err := appender(s.engine, table.Refusals); err != nil {
		t.Fatal(err)
	}
	if err := s.engine.appenders["events"].Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Commit(t.Context(), lost); !errors.Is(err, store.ErrUnavailable) {
		t.Fatalf("Commit: %v, want ErrUnavailable", err)
	}
	delete(s.engine.appenders, "events") // otherwise it would be closed, and so freed, twice
	totals := func(want int64) {
		t.Helper()
		if got, err := s.Totals(t.Context(), project); err != nil || got.Events != want {
			t.Errorf("%d events, %v; want %d", got.Events, err, want)
		}
	}
	totals(50)
	if s.failed != nil {
		t.Error("reading did not reopen the database")
	}
	done, err := s.Commit(t.Context(), &store.Batch{Events: slices.Concat(kept.Events, lost.Events), Contents: lost.Contents})
	if err != nil || done != (store.Committed{Events: 50, Duplicates: 50}) {
		t.Errorf("Commit again: %+v, %v", done, err)
	}
	totals(100)
}

// TestCrash opens the data of a process that did not close them: everything acknowledged is in the log.
func TestCrash(t *testing.T) {
	s, traffic := open(t, Options{}), newTraffic(1)
	var all []*store.Batch
	for range 5 {
		b := traffic.batch(20)
		if _, err := s.Commit(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		all = append(all, b)
	}
	// A copy of the files at this moment is what the disk has if the process dies.
	dir := t.TempDir()
	for _, name := range []string{fileName, fileName + ".wal", fileName + ".journal"} {
		data, err := os.ReadFile(filepath.Join(s.options.Dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, ".wal") {
			data = append(data, "half a record of a commit that nobody was told of"...)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.CopyFS(filepath.Join(dir, textsDir), os.DirFS(filepath.Join(s.options.Dir, textsDir))); err != nil {
		t.Fatal(err)
	}
	after := open(t, Options{Dir: dir})
	for _, b := range all {
		done, err := after.Commit(t.Context(), b)
		if err != nil || done != (store.Committed{Duplicates: 20}) {
			t.Errorf("Commit of what was acknowledged: %+v, %v; want 20 duplicates", done, err)
		}
		keys := make([]model.Key, len(b.Contents))
		for i, c := range b.Contents {
			keys[i] = model.Key{Project: project, UUID: c.UUID, TimeMS: c.TimeMS}
		}
		if contents, err := after.Contents(t.Context(), keys); err != nil || len(contents) != 20 {
			t.Errorf("%d contents, %v", len(contents), err)
		}
	}
}

func TestFingerprints(t *testing.T) {
	s, traffic := newSeen(), newTraffic(1)
	var ids []uint64
	for range 20_000 {
		ids = append(ids, s.key(project, traffic.id()))
	}
	for i, fp := range ids {
		if s.has(fp) {
			t.Fatalf("fingerprint %d is there before it was added", i)
		}
		s.add(fp)
		s.add(fp)
	}
	n := 0
	for i := range s.shards {
		n += s.shards[i].n
	}
	if n != len(ids) {
		t.Errorf("%d fingerprints, want %d", n, len(ids))
	}
	for _, fp := range ids {
		if !s.has(fp) {
			t.Fatal("a fingerprint is missing")
		}
	}
	var zero fingerprints
	zero.add(0)
	if !zero.has(0) || zero.has(2) {
		t.Error("0 is a fingerprint like others")
	}
}

// TestRest: after a rest the log is empty, the memory limit is normal again, and reads and writes work.
func TestRest(t *testing.T) {
	s, traffic := open(t, Options{}), newTraffic(1)
	b := traffic.batch(100)
	if _, err := s.Commit(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	limit := func() (text string) {
		if err := s.engine.readers.QueryRow("SELECT current_setting('memory_limit')").Scan(&text); err != nil {
			t.Fatal(err)
		}
		return text
	}
	before := limit()
	s.rest()
	if s.failed != nil || limit() != before {
		t.Errorf("after a rest: %v, memory limit %s, was %s", s.failed, limit(), before)
	}
	if wal, err := os.Stat(filepath.Join(s.options.Dir, fileName+".wal")); err == nil && wal.Size() > 0 {
		t.Errorf("%d bytes are left in the log", wal.Size())
	}
	more := traffic.batch(10)
	more.Events = append(more.Events, b.Events...)
	if done, err := s.Commit(t.Context(), more); err != nil || done != (store.Committed{Events: 10, Duplicates: 100}) {
		t.Errorf("Commit after a rest: %+v, %v", done, err)
	}
}

func TestReadersAreCancelled(t *testing.T) {
	s := open(t, Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Totals(ctx, project); !errors.Is(err, context.Canceled) || errors.Is(err, store.ErrUnavailable) {
		t.Errorf("Totals: %v, want context.Canceled alone", err)
	}
	if s.failed != nil {
		t.Error("a reader that went away broke the database")
	}
}
