package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/disk/disktest"
	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/clickhouse"
	"github.com/playheadhq/playhead/internal/store/clickhouse/chtest"
	"github.com/playheadhq/playhead/internal/store/storetest"
)

// TestClickHouse tests what only a store of several nodes and servers can get wrong, on the ClickHouse backends that the suite's variable names.
func TestClickHouse(t *testing.T) {
	for name, shards := range map[string]int{"clickhouse": 1, "clickhouse-shards": 2} {
		if !slices.Contains(strings.Split(os.Getenv(storetest.Env), ","), name) {
			continue
		}
		for what, test := range map[string]func(*testing.T, int){
			"NodesStartTogether": testNodesStartTogether,
			"SameByTwoNodes":     testSameByTwoNodes,
			"ResentToNodes":      testResentToNodes,
			"Newer":              testNewer,
			"Older":              testOlder,
			"NewColumn":          testNewColumn,
			"HalfMigrated":       testHalfMigrated,
			"Spread":             testSpread,
			"ServerRestarts":     testServerRestarts,
			"ServerHangs":        testServerHangs,
			"DiskFull":           testDiskFull,
			"Retention":          testRetention,
			"TextIndex":          testTextIndex,
			"Years":              testYears,
			"Replicated":         testReplicated,
			"UnknownCluster":     testUnknownCluster,
		} {
			t.Run(name+"/"+what, func(t *testing.T) { test(t, shards) })
		}
	}
}

func openNode(t *testing.T, o clickhouse.Options) *clickhouse.Store {
	t.Helper()
	s, err := clickhouse.Open(t.Context(), o)
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

// ask runs a statement on every server of a backend and returns what they answer.
func ask(t *testing.T, shards int, statement string) (answers []string) {
	t.Helper()
	for i := range shards {
		answer, err := started.servers[shards].At(i).Query(t.Context(), statement)
		if err != nil {
			t.Fatal(err)
		}
		answers = append(answers, answer)
	}
	return answers
}

func database(url string) string {
	url, _, _ = strings.Cut(url, "?")
	return url[strings.LastIndex(url, "/")+1:]
}

func commitAll(t *testing.T, s store.Store, b *store.Batch) {
	t.Helper()
	if _, err := s.Commit(t.Context(), b); err != nil {
		t.Fatal(err)
	}
}

func countEvents(t *testing.T, s store.Store, want int) {
	t.Helper()
	totals, err := s.Totals(t.Context(), project)
	if err != nil || totals.Events != int64(want) {
		t.Errorf("%d events, %v; want %d", totals.Events, err, want)
	}
}

func testNodesStartTogether(t *testing.T, shards int) {
	url := emptyDatabase(t, shards)
	nodes := make([]*clickhouse.Store, 6)
	var wg sync.WaitGroup
	for i := range nodes {
		wg.Go(func() {
			s, err := clickhouse.Open(t.Context(), clickhouse.Options{URL: url})
			if err != nil {
				t.Errorf("node %d: %v", i, err)
			}
			nodes[i] = s
		})
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	for i, s := range nodes {
		commitAll(t, s, newTraffic(uint64(i)).batch(10))
	}
	for _, s := range nodes {
		countEvents(t, s, 60)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// The same batch reaches two nodes at the same time, and is later sent again with the changes that a client's retry makes.
func testSameByTwoNodes(t *testing.T, shards int) {
	url := emptyDatabase(t, shards)
	clock := time.UnixMilli(benchStart)
	one := openNode(t, clickhouse.Options{URL: url, Now: func() time.Time { return clock }})
	two := openNode(t, clickhouse.Options{URL: url, Now: func() time.Time { return clock.Add(time.Second) }})
	b := newTraffic(1).batch(60)
	for i := range b.Events {
		id := uuid.Must(uuid.NewV7())
		b.Events[i].UUID, b.Contents[i].UUID = id, id
		b.Identities = append(b.Identities, model.Identity{Project: project, UUID: id, TimeMS: benchStart, ID: fmt.Sprint("p", i), OtherID: "ada"})
		b.Blocks = append(b.Blocks, model.Block{Project: project, UUID: uuid.Must(uuid.NewV7()), SessionID: b.Events[i].SessionID, WindowID: "w",
			FirstMS: benchStart + int64(i), LastMS: benchStart + int64(i) + 10, Clicks: 1, Location: model.Location{Key: "first", Length: 10}})
	}
	retry := store.Batch{Events: slices.Clone(b.Events), Contents: slices.Clone(b.Contents), Identities: b.Identities, Blocks: slices.Clone(b.Blocks)}
	for i := range retry.Events {
		// The retry has another time of receipt, which is also the time of events that were sent without one.
		retry.Events[i].ReceivedMS += 5000
		retry.Events[i].TimeMS += 5000
		retry.Contents[i].TimeMS += 5000
		retry.Blocks[i].ReceivedMS += 5000
		retry.Blocks[i].Location.Key = "second"
	}
	commitAll(t, one, b)
	var wg sync.WaitGroup
	for _, s := range []*clickhouse.Store{one, two} {
		wg.Go(func() {
			if _, err := s.Commit(t.Context(), b); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	commitAll(t, two, &retry)

	for _, merged := range []bool{false, true} {
		if merged { // merging must remove the same duplicates as reading
			mergeAll(t, shards, url)
		}
		countEvents(t, two, 60)
		traces := storetest.Traces(t, two, project, filter.Everything, 100)
		if len(traces) != 20 {
			t.Fatalf("%d traces", len(traces))
		}
		for _, x := range traces {
			if x.Generations != 3 || x.Tokens.Total != 3*520 {
				t.Errorf("trace %s has %d generations of %d tokens", x.ID, x.Generations, x.Tokens.Total)
			}
		}
		for i, e := range b.Events {
			got, err := one.Event(t.Context(), project, e.UUID)
			if err != nil || got.ReceivedMS != e.ReceivedMS || got.TimeMS != e.TimeMS {
				t.Fatalf("event %d: %+v, %v", i, got, err)
			}
			contents, err := one.Contents(t.Context(), []model.Key{{Project: project, UUID: e.UUID, TimeMS: e.TimeMS}})
			if err != nil || len(contents) != 1 || contents[0].TimeMS != e.TimeMS {
				t.Fatalf("contents of event %d: %v, %v", i, contents, err)
			}
		}
		sessions := storetest.Sessions(t, one, project, filter.Everything, 10)
		if len(sessions) != 1 || sessions[0].Clicks != 60 || sessions[0].Blocks != 60 || sessions[0].Bytes != 600 || sessions[0].Events != 60 {
			t.Fatalf("sessions %+v", sessions)
		}
		blocks, err := one.Blocks(t.Context(), project, sessions[0].ID, "w")
		if err != nil || len(blocks) != 60 || slices.ContainsFunc(blocks, func(b model.Block) bool { return b.Location.Key != "first" }) {
			t.Fatalf("%d blocks, %v", len(blocks), err)
		}
		facts, err := one.Identities(t.Context(), project, []string{"ada"})
		if err != nil || len(facts) != 60 {
			t.Fatalf("%d facts, %v", len(facts), err)
		}
	}
}

func testResentToNodes(t *testing.T, shards int) {
	o := clickhouse.Options{URL: emptyDatabase(t, shards)}
	storetest.Resent(t, openNode(t, o), openNode(t, o), openNode(t, o))
}

func testNewer(t *testing.T, shards int) {
	url := emptyDatabase(t, shards)
	openNode(t, clickhouse.Options{URL: url})
	// Only the last server is newer: a cluster is as new as its newest server.
	if _, err := started.servers[shards].At(shards-1).Query(t.Context(), "INSERT INTO "+database(url)+".schema_versions (version) VALUES (1000)"); err != nil {
		t.Fatal(err)
	}
	if s, err := clickhouse.Open(t.Context(), clickhouse.Options{URL: url}); !errors.Is(err, store.ErrNewer) {
		t.Errorf("Open: %v, %v; want ErrNewer", s, err)
	}
}

// A database from before there were projects is not changed, and the message says what to do with it.
func testOlder(t *testing.T, shards int) {
	url := emptyDatabase(t, shards)
	ask(t, shards, "CREATE DATABASE IF NOT EXISTS "+database(url))
	ask(t, shards, "CREATE TABLE "+database(url)+".schema_versions (version UInt64) ENGINE = MergeTree ORDER BY version")
	ask(t, shards, "INSERT INTO "+database(url)+".schema_versions VALUES (5)")
	_, err := clickhouse.Open(t.Context(), clickhouse.Options{URL: url})
	if !errors.Is(err, store.ErrOlder) || !strings.Contains(err.Error(), "schema version 5") || !strings.Contains(err.Error(), "export") {
		t.Errorf("Open: %v; want ErrOlder that says what to do", err)
	}
	for _, tables := range ask(t, shards, "SELECT count() FROM system.tables WHERE database = '"+database(url)+"'") {
		if tables != "1" {
			t.Errorf("%s tables, want the one that was there", tables)
		}
	}
}

// Rows that were stored by a version without a column are read as if it were empty, and a starting node adds the column.
func testNewColumn(t *testing.T, shards int) {
	url := emptyDatabase(t, shards)
	b := newTraffic(1).batch(20)
	commitAll(t, openNode(t, clickhouse.Options{URL: url}), b)
	suffix := map[bool]string{true: "_local"}[shards > 1]
	for _, table := range slices.Compact([]string{"events", "events" + suffix}) {
		ask(t, shards, "ALTER TABLE "+database(url)+"."+table+" DROP COLUMN env, DROP COLUMN properties")
	}
	s := openNode(t, clickhouse.Options{URL: url})
	if e, err := s.Event(t.Context(), project, b.Events[7].UUID); err != nil || e.Env != "" || len(e.Properties) > 0 || e.TraceID != b.Events[7].TraceID {
		t.Errorf("from before there was the column: %+v, %v", e, err)
	}
	more := newTraffic(2).batch(1)
	more.Events[0].Env = "production"
	commitAll(t, s, more)
	if e, err := s.Event(t.Context(), project, more.Events[0].UUID); err != nil || e.Env != "production" {
		t.Errorf("with the column: %+v, %v", e, err)
	}
}

// A node was killed between a migration's statements and its row in schema_versions.
func testHalfMigrated(t *testing.T, shards int) {
	url := emptyDatabase(t, shards)
	commitAll(t, openNode(t, clickhouse.Options{URL: url}), newTraffic(1).batch(10))
	ask(t, shards, "TRUNCATE TABLE "+database(url)+".schema_versions")
	countEvents(t, openNode(t, clickhouse.Options{URL: url}), 10)
}

// Every shard has a share of every table.
func testSpread(t *testing.T, shards int) {
	url := emptyDatabase(t, shards)
	s := openNode(t, clickhouse.Options{URL: url})
	commitAll(t, s, newTraffic(1).batch(400))
	suffix := map[bool]string{true: "_local"}[shards > 1]
	for _, table := range []string{"events", "contents"} {
		for i, n := range ask(t, shards, fmt.Sprintf("SELECT count() BETWEEN 400 / %d - 80 AND 400 / %d + 80 FROM %s.%s%s", shards, shards, database(url), table, suffix)) {
			if n != "1" {
				t.Errorf("%s of shard %d hold too few or too many", table, i)
			}
		}
	}
}

// The last server is killed and restarted. Meanwhile calls of the store fail at once, and afterwards the store works again by itself.
func testServerRestarts(t *testing.T, shards int) {
	s := openNode(t, clickhouse.Options{URL: emptyDatabase(t, shards)})
	b := newTraffic(1).batch(30)
	commitAll(t, s, b)
	server := started.servers[shards].At(shards - 1)
	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
	next := newTraffic(2).batch(30)
	_, commitErr := s.Commit(t.Context(), next)
	_, readErr := s.Find(t.Context(), store.Question{Project: project, Of: filter.Traces, Where: filter.Everything}, store.Part{Sort: filter.Sort{Descending: true}, Limit: 10})
	pingErr := s.Ping(t.Context())
	for what, err := range map[string]error{"Commit": commitErr, "Find": readErr, "Ping": pingErr} {
		if !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("%s without the server: %v, want ErrUnavailable", what, err)
		}
	}
	if err := server.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Ping(t.Context()); err != nil {
		t.Errorf("Ping afterwards: %v", err)
	}
	countAtLeast(t, s, 30)
	commitAll(t, s, next) // the retry, of which a part may be stored already
	countEvents(t, s, 60)
}

// countAtLeast checks that no acknowledged data are lost.
func countAtLeast(t *testing.T, s store.Store, want int64) {
	t.Helper()
	totals, err := s.Totals(t.Context(), project)
	if err != nil || totals.Events < want {
		t.Errorf("%d events, %v; want %d at least", totals.Events, err, want)
	}
}

// A server that does not answer keeps nobody waiting longer than their timeout.
func testServerHangs(t *testing.T, shards int) {
	url := emptyDatabase(t, shards)
	openNode(t, clickhouse.Options{URL: url}) // creates the tables, which may take longer
	s := openNode(t, clickhouse.Options{URL: url, CommitTimeout: time.Second, QueryTimeout: 10 * time.Second})
	server := started.servers[shards].At(shards - 1)
	if err := server.Pause(); err != nil {
		t.Fatal(err)
	}
	b := newTraffic(1).batch(30)
	start := time.Now()
	if _, err := s.Commit(t.Context(), b); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("Commit: %v, want ErrUnavailable after the store's own limit", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := s.Totals(ctx, project); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Totals: %v, want the caller's own limit", err)
	}
	if took := time.Since(start); took > 5*time.Second { // the timeouts are a second and 50 ms
		t.Errorf("took %v", took)
	}
	if err := errors.Join(server.Kill(), server.Start(t.Context())); err != nil {
		t.Fatal(err)
	}
	again := openNode(t, clickhouse.Options{URL: url})
	commitAll(t, again, b)
	countEvents(t, again, 30)
}

// The disk of the last server fills up, and is enlarged later. Acknowledged data are there, other data can be sent again, and meanwhile Ping reports
// that there is no space.
func testDiskFull(t *testing.T, shards int) {
	disktest.FileSystem(t, 48<<20, func(t *testing.T, dir string, free func()) {
		all := t.TempDir()
		if err := os.Symlink(dir, filepath.Join(all, strconv.Itoa(shards-1))); err != nil {
			t.Fatal(err)
		}
		servers, err := chtest.Start(t.Context(), all, shards)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := servers.Close(); err != nil {
				t.Error(err)
			}
		})
		s := openNode(t, clickhouse.Options{URL: servers.URL("full")})
		random, acknowledged := newTraffic(3), 0
		var failed *store.Batch
		for failed == nil {
			b := random.batch(1000)
			for i := range b.Contents {
				b.Contents[i].Tools = random.noise(16 << 10)
			}
			switch _, err := s.Commit(t.Context(), b); {
			case err == nil:
				acknowledged += 1000
			case !errors.Is(err, store.ErrFull):
				t.Fatalf("Commit: %v, want ErrFull", err)
			default:
				failed = b
			}
			if acknowledged > 100_000 {
				t.Fatal("the disk never fills up")
			}
		}
		t.Logf("full after %d events", acknowledged)
		for range 3 {
			if err := s.Ping(t.Context()); !errors.Is(err, store.ErrFull) {
				t.Errorf("Ping without room: %v, want ErrFull", err)
			}
		}
		countAtLeast(t, s, int64(acknowledged))
		free()
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for deadline := time.Now().Add(time.Minute); ; <-tick.C {
			err := s.Ping(t.Context())
			if err == nil {
				break
			}
			if !errors.Is(err, store.ErrFull) || time.Now().After(deadline) {
				t.Fatalf("Ping with room again: %v", err)
			}
		}
		commitAll(t, s, failed)
		countEvents(t, s, acknowledged+1000)
	})
}

func testRetention(t *testing.T, shards int) {
	url := emptyDatabase(t, shards)
	suffix := map[bool]string{true: "_local"}[shards > 1]
	for _, after := range []store.Retention{{}, {"a": 30}, {"a": 30}, {"a": 30, "b's": 7, "kept": 0}, {"a": 90}, {"a": 0}} {
		openNode(t, clickhouse.Options{URL: url, Retention: after})
		openNode(t, clickhouse.Options{URL: url, Retention: store.Retention{"a": 3}, AsIs: true}) // like a tool
		for _, table := range []string{"events", "contents", "blocks", "refusals"} {
			for _, created := range ask(t, shards, "SELECT create_table_query FROM system.tables WHERE database = '"+database(url)+"' AND name = '"+table+suffix+"' FORMAT TSVRaw") {
				if strings.Contains(created, " TTL ") != (len(after.Projects()) > 0) || strings.Count(created, "toIntervalDay") != len(after.Projects()) {
					t.Errorf("%s after %v: %s", table, after, created)
				}
				for _, name := range after.Projects() {
					if !strings.Contains(created, fmt.Sprintf("toIntervalDay(%d) WHERE project = '%s'", after[name], strings.ReplaceAll(name, "'", `\'`))) {
						t.Errorf("%s after %v: %s", table, after, created)
					}
				}
			}
		}
	}
	// A node that restarts with the same days changes nothing.
	changes := func() string {
		return strings.Join(ask(t, shards, "SELECT sum(metadata_version) FROM system.tables WHERE database = '"+database(url)+"'"), " ")
	}
	openNode(t, clickhouse.Options{URL: url, Retention: store.Retention{"a": 30, "b's": 7}})
	before := changes()
	openNode(t, clickhouse.Options{URL: url, Retention: store.Retention{"a": 30, "b's": 7}})
	if after := changes(); after != before {
		t.Errorf("tables of versions %s, %s before", after, before)
	}
}

// Searches find the same with and without the index, for new rows and for rows that were stored before.
func testTextIndex(t *testing.T, shards int) {
	url := emptyDatabase(t, shards)
	texts := []string{"refund", "REFUND my", "naïve", "50% off", "50x off", "a_b", `say \"hi\"`, "x", "ab", ""}
	for round, indexed := range []bool{false, true, true, false} {
		s := openNode(t, clickhouse.Options{URL: url, TextIndex: indexed})
		b := newTraffic(uint64(round)).batch(len(texts))
		for i := range b.Events {
			b.Contents[i].Input, b.Contents[i].Output = nil, []byte(`"`+texts[i]+`"`)
			b.Events[i].TraceID = fmt.Sprint("T", round, "-", i)
		}
		commitAll(t, s, b)
		for text, each := range map[string]int{"refund": 2, `*EFUND*`: 2, "NAÏVE": 1, `"50% OFF"`: 1, `*50_*`: 0, `*A_b*`: 1, `"say HI"`: 1, "*efun*": 2, "*of*": 2, "nosuch": 0} {
			where, err := filter.Parse(filter.Traces, text)
			if err != nil {
				t.Fatal(err)
			}
			traces := storetest.Traces(t, s, project, where, 100)
			if want := each * (round + 1); len(traces) != want {
				t.Errorf("round %d: %q is in %d traces, want %d", round, text, len(traces), want)
			}
		}
	}
}

// One batch may contain years of history and very wrong times.
func testYears(t *testing.T, shards int) {
	s := openNode(t, clickhouse.Options{URL: emptyDatabase(t, shards)})
	b := newTraffic(1).batch(120)
	for i := range b.Events {
		b.Events[i].TimeMS -= int64(i) * 30 * 24 * 3600 * 1000
		b.Contents[i].TimeMS = b.Events[i].TimeMS
	}
	for i, at := range []int64{-1 << 62, -1, 0, 1, 1 << 62} {
		b.Events[i].TimeMS, b.Contents[i].TimeMS = at, at
	}
	b.Events[5].UUID = uuid.MustParse("ffffffff-ffff-7fff-bfff-ffffffffffff")
	b.Contents[5].UUID = b.Events[5].UUID
	commitAll(t, s, b)
	commitAll(t, s, b)
	countEvents(t, s, 120)
	var keys []model.Key
	for i, e := range b.Events {
		keys = append(keys, model.Key{Project: project, UUID: e.UUID, TimeMS: e.TimeMS})
		if _, err := s.Event(t.Context(), project, e.UUID); err != nil && i < 10 {
			t.Error(err)
		}
	}
	contents, err := s.Contents(t.Context(), keys)
	if err != nil || len(contents) != 120 {
		t.Errorf("%d contents, %v", len(contents), err)
	}
}

// Statements for replicas cannot be run here, but the server can at least parse them, and knows the settings. Replicas that do not replicate are
// refused.
func testReplicated(t *testing.T, shards int) {
	url := emptyDatabase(t, shards)
	if shards > 1 {
		wrong := strings.Replace(url, chtest.ClusterName, chtest.ReplicasName, 1)
		if s, err := clickhouse.Open(t.Context(), clickhouse.Options{URL: wrong}); err == nil || !strings.Contains(err.Error(), "Keeper") || errors.Is(err, store.ErrUnavailable) {
			t.Errorf("Open of replicas without Keeper: %v, %v", s, err)
		}
	}
	with := map[bool]string{true: "&", false: "?"}[strings.Contains(url, "?")]
	s := openNode(t, clickhouse.Options{URL: url + with + "insert_quorum=2&insert_quorum_timeout=20000&load_balancing=in_order&prefer_localhost_replica=0"})
	commitAll(t, s, newTraffic(1).batch(10))
	countEvents(t, s, 10)
	text, err := os.ReadFile("clickhouse/testdata/migrations.golden.sql")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for statement := range strings.SplitSeq(string(text), ";\n") {
		if strings.Contains(statement, "Replicated") {
			n++
			quoted := strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(statement)
			ask(t, shards, "SELECT formatQuery('"+quoted+"') FORMAT Null")
		}
	}
	if n < 5 {
		t.Errorf("%d statements", n)
	}
}

func testUnknownCluster(t *testing.T, shards int) {
	url, _, _ := strings.Cut(emptyDatabase(t, shards), "?")
	_, err := clickhouse.Open(t.Context(), clickhouse.Options{URL: url + "?cluster=nowhere"})
	if err == nil || errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("Open: %v", err)
	}
	_, err = clickhouse.Open(t.Context(), clickhouse.Options{URL: "clickhouse://default@127.0.0.1:1/db"})
	if !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("Open where nobody listens: %v, want ErrUnavailable", err)
	}
}
