package clustertest_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/playheadhq/playhead/internal/blocks/blockstest"
	"github.com/playheadhq/playhead/internal/clustertest"
	"github.com/playheadhq/playhead/internal/servertest"
	"github.com/playheadhq/playhead/internal/store/storetest"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		if err := os.RemoveAll(binaryDir); err != nil {
			code = max(code, 1)
		}
		os.Exit(code)
	}))
}

// binaryDir is where the program was built, "" when no test needed it.
var binaryDir string

// binary builds the program once for all tests.
var binary = sync.OnceValues(func() (path string, err error) {
	if binaryDir, err = os.MkdirTemp("", "playhead-test-*"); err != nil {
		return "", err
	}
	path = filepath.Join(binaryDir, "playhead")
	return path, clustertest.Build(context.Background(), path)
})

// asked skips a test unless all parts of a cluster were asked for. If they were, a missing part is a failure.
func asked(t *testing.T) {
	t.Helper()
	if !storetest.Asked("clickhouse-shards") || !blockstest.Asked("s3") {
		t.Skipf("a cluster runs when %s asks for clickhouse-shards and %s for s3", storetest.Env, blockstest.Env)
	}
}

// start runs a cluster for the length of a test.
func start(t *testing.T, o clustertest.Options) *clustertest.Cluster {
	t.Helper()
	asked(t)
	var err error
	if o.Bin, err = binary(); err != nil {
		t.Fatal(err)
	}
	o.Dir = t.TempDir()
	// Requests carry the token of package servertest. A short window lets each test send more.
	o.Args = append(o.Args, "--tokens", servertest.Token, "--s3-window", "100ms")
	c, err := clustertest.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			for i, n := range c.Nodes {
				said, _ := os.ReadFile(n.LogPath)
				t.Logf("node %d said at the end:\n%s", i, said[max(0, len(said)-10_000):])
			}
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// eventually waits until `is` returns nil: other processes need some time. The test fails if that takes longer than within.
func eventually(t *testing.T, within time.Duration, what string, is func() error) {
	t.Helper()
	deadline, cancel := context.WithTimeoutCause(t.Context(), within, errors.New("not within "+within.String()))
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := is()
		if err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-deadline.Done():
			t.Fatalf("%s: %v: %v", what, context.Cause(deadline), err)
		}
	}
}
