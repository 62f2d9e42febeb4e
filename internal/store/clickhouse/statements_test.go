package clickhouse

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	ch "github.com/ClickHouse/clickhouse-go/v2"
	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
)

var update = flag.Bool("update", false, "write testdata/*.golden.sql anew")

// TestGolden shows in reviews how the statements change when a file or a part of one changes.
func TestGolden(t *testing.T) {
	var all strings.Builder
	for _, name := range slices.Sorted(maps.Keys(queries)) {
		fmt.Fprintf(&all, "-- %s\n%s;\n\n", name, queries[name])
	}
	golden(t, "testdata/queries.golden.sql", all.String())

	all.Reset()
	for _, k := range []kind{
		{place: place{database: "playhead"}},
		{place: place{database: "playhead", cluster: "shards"}},
		{place: place{database: "playhead", cluster: "shards"}, replicated: true},
	} {
		fmt.Fprintf(&all, "-- cluster %q, replicated %t\n", k.cluster, k.replicated)
		for _, statement := range allStatements(k) {
			fmt.Fprintf(&all, "%s;\n\n", statement)
		}
	}
	golden(t, "testdata/migrations.golden.sql", all.String())
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("statements differ from %s; look at them, then run go test -run Golden -update", file)
	}
}

// A migration may be run by two nodes at the same time, or again after it was interrupted.
func TestMigrationsCanBeRepeated(t *testing.T) {
	for _, k := range []kind{{}, {place: place{cluster: "c"}, replicated: true}} {
		for _, statement := range allStatements(k) {
			again := []string{"IF NOT EXISTS", "IF EXISTS", " MATERIALIZE INDEX "}
			if !slices.ContainsFunc(again, func(s string) bool { return strings.Contains(statement, s) }) {
				t.Errorf("cannot be run twice: %s", statement)
			}
			if strings.Contains(statement, "@") {
				t.Errorf("has a name that was not put in: %s", statement)
			}
		}
	}
}

// allStatements are the statements that create a schema, and those that add a missing column.
func allStatements(k kind) (all []string) {
	for _, known := range []map[string][]string{nil, {"events": {"project"}, "events_local": {"project"}}} {
		for _, d := range definitions {
			if known == nil || d.name == "events" {
				statements, _ := d.statements(k, known)
				all = append(all, statements...)
			}
		}
	}
	return slices.Concat(append(migrations(k), all)...)
}

// A table with an unknown column was made by a newer version.
func TestNewerColumn(t *testing.T) {
	for _, d := range definitions {
		if _, newer := d.statements(kind{}, map[string][]string{d.name: {"project", "from_the_future"}}); newer != "from_the_future" {
			t.Errorf("%s: %q", d.name, newer)
		}
	}
}

func TestSortMS(t *testing.T) {
	const at = 1_760_000_000_123
	sorted := func(id string, untimed bool) int64 {
		return sortMS(&model.Event{UUID: uuid.MustParse(id), TimeMS: at, Untimed: untimed})
	}
	for id, want := range map[string]int64{
		"0199c7a1-5c7b-7000-8000-000000000000": 0x0199c7a15c7b, // version 7: its own time
		"0199c7a1-5c7b-7fff-bfff-ffffffffffff": 0x0199c7a15c7b,
		"0199c7a1-5c7b-4000-8000-000000000000": at, // version 4
		"0199c7a1-5c7b-7000-0000-000000000000": at, // of another variant
		"00000000-0000-0000-0000-000000000000": at,
		"ffffffff-ffff-ffff-ffff-ffffffffffff": at,
	} {
		if got := sorted(id, false); got != want {
			t.Errorf("%s: %d, want %d", id, got, want)
		}
		if want == at { // there is no time in this uuid
			want = untimedMS
		}
		if got := sorted(id, true); got != want {
			t.Errorf("%s, untimed: %d, want %d", id, got, want)
		}
	}
}

func TestURL(t *testing.T) {
	good := Options{URL: "clickhouse://me:s3cret@one:9000,two:9001/play-head?cluster=main&insert_quorum=auto&dial_timeout=3s"}
	options, at, err := good.parse()
	if err != nil {
		t.Fatal(err)
	}
	if at != (place{database: "play-head", cluster: "main"}) || !slices.Equal(options.Addr, []string{"one:9000", "two:9001"}) ||
		options.Auth != (ch.Auth{Database: "play-head", Username: "me", Password: "s3cret"}) {
		t.Errorf("parsed as %+v at %+v", options, at)
	}
	if options.Settings["insert_quorum"] != "auto" || options.Settings["cluster"] != nil || options.Settings["async_insert"] != 0 {
		t.Errorf("settings %v", options.Settings)
	}
	if options.ConnOpenStrategy != ch.ConnOpenRandom {
		t.Error("every node would send everything to the first server")
	}
	ordered := Options{URL: good.URL + "&connection_open_strategy=in_order"}
	if options, _, err := ordered.parse(); err != nil || options.ConnOpenStrategy != ch.ConnOpenInOrder {
		t.Errorf("in order: %v, %v", options.ConnOpenStrategy, err)
	}
	for _, bad := range []string{
		"", "playhead", "clickhouse://", "http://me:s3cret@one:8123/db", "clickhouse://me:s3cret@one:9000", "clickhouse://me:s3cret@one:9000/",
		"clickhouse://me:s3cret@one:9000/a`b", "clickhouse://me:s3cret@one:9000/a;b", "clickhouse://me:s3cret@one:9000/db?cluster=a'b",
		"clickhouse://me:s3cret@one:9000/db?dial_timeout=never", "clickhouse://me:s3cret@one:port/db", "clickhouse://me:s3cret@%zz/db",
	} {
		o := Options{URL: bad}
		if _, _, err := o.parse(); err == nil {
			t.Errorf("%q: no error", bad)
		} else if strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%q: the error tells the password: %v", bad, err)
		}
	}
}
