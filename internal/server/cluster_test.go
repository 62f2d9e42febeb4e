package server

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/config"
	"github.com/playheadhq/playhead/internal/query"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/clickhouse/chtest"
	"github.com/playheadhq/playhead/internal/store/storetest"
)

// runClickHouse starts a server of ClickHouse for the length of a test.
func runClickHouse(t *testing.T) *chtest.Servers {
	t.Helper()
	if !storetest.Asked("clickhouse") {
		t.Skipf("%s does not ask for clickhouse", storetest.Env)
	}
	servers, err := chtest.Start(t.Context(), t.TempDir(), 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := servers.Close(); err != nil {
			t.Error(err)
		}
	})
	return servers
}

// nodeConfig is the configuration of a node of a cluster. All nodes share one directory for recordings.
func nodeConfig(t *testing.T, url, dir string) *config.Config {
	c := testConfig(dir)
	c.Store = url
	return c
}

// eventually waits until another process has done something.
func eventually(t *testing.T, what string, true func() bool) {
	t.Helper()
	deadline, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !true() {
		select {
		case <-tick.C:
		case <-deadline.Done():
			t.Fatalf("%s: not within a minute", what)
		}
	}
}

func TestTwoNodesStartedAtOnce(t *testing.T) {
	ch := runClickHouse(t)
	url, dir := ch.URL("playhead"), t.TempDir()
	servers, errs := make([]*Server, 2), make([]error, 2)
	configs := []*config.Config{nodeConfig(t, url, dir), nodeConfig(t, url, dir)}
	configs[1].Tokens = []string{"phc_other"}
	var wg sync.WaitGroup
	for i, version := range []string{"1.0", "1.1"} {
		wg.Go(func() {
			servers[i], errs[i] = Start(t.Context(), Options{Config: configs[i], Version: version})
		})
	}
	wg.Wait()
	clients := make([]*client, 2)
	for i, s := range servers {
		if errs[i] != nil {
			t.Fatal(errs[i])
		}
		t.Cleanup(func() { stop(t, s) })
		clients[i] = newClient(t, s.LocalURL())
		if res := clients[i].Get(t, "/readyz"); res.Status != 200 {
			t.Fatalf("node %d: %d %s", i, res.Status, res.Body)
		}
	}
	if rows, err := ch.At(0).Query(t.Context(), "SELECT count(DISTINCT version) = max(version) - min(version) + 1 FROM playhead.schema_versions"); err != nil || rows != "1" {
		t.Errorf("schema versions: %s, %v", rows, err)
	}

	// Each node shows what the other one received, and data that both received are there once.
	one, both := generation(time.Now(), "one", nil), generation(time.Now(), "both", nil)
	clients[0].Capture(t, "/batch/", one)
	clients[0].Capture(t, "/batch/", both)
	clients[1].Capture(t, "/batch/", both)
	for i, c := range clients {
		got := c.All(t, "/api/generations")
		if len(got) != 2 || got[one.UUID] != 1 || got[both.UUID] != 1 {
			t.Errorf("node %d: %v", i, got)
		}
	}

	// Both nodes report the same about the one that was started later.
	var said [2]query.Status
	for i, c := range clients {
		eventually(t, "the nodes know of each other", func() bool {
			c.Read(t, "/api/status", &said[i])
			return len(said[i].Nodes) == 2
		})
	}
	kinds, of := []string{}, map[string]bool{}
	for _, w := range said[0].Warnings {
		kinds = append(kinds, w.Kind)
		of[w.Node] = true
	}
	slices.Sort(kinds)
	if !slices.Equal(kinds, []string{"settings", "version"}) || len(of) != 1 || !slices.Equal(said[0].Warnings, said[1].Warnings) {
		t.Errorf("warnings: %+v and %+v", said[0].Warnings, said[1].Warnings)
	}
	if metrics := string(clients[0].Get(t, "/metrics").Body); !strings.Contains(metrics, "playhead_nodes 2") || !strings.Contains(metrics, `playhead_node_warnings{kind="version"} 1`) {
		t.Error("the metrics do not show it")
	}
}

// ClickHouse is not available when the node starts, becomes available, fails and comes back. At the end everything that was acknowledged is there,
// and nothing was acknowledged that could not be stored.
func TestANodeWithoutItsStorage(t *testing.T) {
	ch := runClickHouse(t)
	if err := ch.At(0).Kill(); err != nil {
		t.Fatal(err)
	}
	cfg := nodeConfig(t, ch.URL("playhead"), t.TempDir())
	_, c := start(t, cfg)
	acked := map[string]int{}
	sends := func(want int) {
		t.Helper()
		e := generation(time.Now(), "t", nil)
		res := c.Do(t, "POST", "/batch/", batch(e), "Content-Type: application/json")
		if res.Status != want {
			t.Errorf("capture: %d %s, want %d", res.Status, res.Body, want)
		}
		if res.Status == http.StatusOK {
			acked[e.UUID]++
		} else if res.Header.Get("Retry-After") == "" {
			t.Error("no header says when to retry")
		}
	}
	ready := func() bool { return c.Get(t, "/readyz").Status == http.StatusOK }
	down := func(when string) {
		t.Helper()
		sends(http.StatusServiceUnavailable)
		if res := c.Get(t, "/readyz"); res.Status != http.StatusServiceUnavailable || !strings.Contains(string(res.Body), `"dependency":"store"`) || !strings.Contains(string(res.Body), "ClickHouse") {
			t.Errorf("%s: readyz %d %s", when, res.Status, res.Body)
		}
		if res := c.Get(t, "/healthz"); res.Status != http.StatusOK {
			t.Errorf("%s: healthz %d", when, res.Status)
		}
		if res := c.Get(t, "/api/traces"); res.Status != http.StatusServiceUnavailable {
			t.Errorf("%s: traces %d", when, res.Status)
		}
	}
	down("before it came")
	for range 2 {
		if err := ch.At(0).Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		eventually(t, "ready", ready)
		sends(http.StatusOK)
		if err := ch.At(0).Kill(); err != nil {
			t.Fatal(err)
		}
		down("after it went")
	}
	if err := ch.At(0).Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	eventually(t, "ready", ready)
	stored := c.All(t, "/api/generations")
	if len(acked) != 2 {
		t.Errorf("%d were acknowledged", len(acked))
	}
	for id := range acked {
		if stored[id] != 1 {
			t.Errorf("%s was acknowledged and is there %d times", id, stored[id])
		}
	}
}

func TestANodesSecretsAreConfigured(t *testing.T) {
	cfg := nodeConfig(t, "clickhouse://u:s3cret@127.0.0.1:1/playhead", t.TempDir())
	cfg.PublicURL = "https://playhead.example.com"
	err := refused(t, cfg, "PLAYHEAD_PASSWORD", "PLAYHEAD_COOKIE_KEY", "clickhouse://127.0.0.1:1/playhead")
	if strings.Contains(err.Error(), "s3cret") {
		t.Errorf("the password is shown: %v", err)
	}
	cfg.Password, cfg.CookieKey = "correct horse", strings.Repeat("k", 48)
	s, _ := start(t, cfg)
	var printed strings.Builder
	s.Describe(&printed)
	if strings.Contains(printed.String(), "s3cret") || s.SignInLink() != "" {
		t.Errorf("printed:\n%s", &printed)
	}
	for _, name := range []string{tokenFile, keyFile} {
		if _, err := os.Stat(filepath.Join(cfg.Data, name)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s was made: %v", name, err)
		}
	}
}

// The server ends if the storage that it waited for has data of a newer version.
func TestANodeOlderThanItsStorage(t *testing.T) {
	ch := runClickHouse(t)
	cfg := nodeConfig(t, ch.URL("playhead"), t.TempDir())
	s, _ := start(t, cfg)
	stop(t, s)
	if _, err := ch.At(0).Query(t.Context(), "INSERT INTO playhead.schema_versions (version) VALUES (1000000)"); err != nil {
		t.Fatal(err)
	}
	if err := refused(t, cfg, "newer"); !errors.Is(err, store.ErrNewer) {
		t.Errorf("at start: %v", err)
	}
	if err := ch.At(0).Kill(); err != nil {
		t.Fatal(err)
	}
	s, _ = start(t, cfg)
	if err := ch.At(0).Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Wait(t.Context()); !errors.Is(err, store.ErrNewer) {
		t.Errorf("later: %v", err)
	}
}
