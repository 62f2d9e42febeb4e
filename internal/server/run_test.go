package server

import (
	"context"
	"log/slog"
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/playheadhq/playhead/internal/config"
	"github.com/playheadhq/playhead/internal/servertest"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		if binaryDir != "" {
			os.RemoveAll(binaryDir)
		}
		os.Exit(code)
	}))
}

// binaryDir is the directory of the built program, "" if no test needed it.
var binaryDir string

const testToken = servertest.Token

// testConfig is the configuration of a server on a free port with its data in dir.
func testConfig(dir string) *config.Config {
	c := config.Default()
	c.Listen, c.Data, c.Token = "127.0.0.1:0", dir, testToken
	c.Limits.MinFree = 1 << 20
	return c
}

// start runs a server for the length of a test.
func start(t *testing.T, c *config.Config) (*Server, *client) {
	t.Helper()
	return startWith(t, Options{Config: c})
}

func startWith(t *testing.T, o Options) (*Server, *client) {
	t.Helper()
	o.Version, o.Logger = "test", slog.New(slog.NewTextHandler(t.Output(), nil))
	s, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, s) })
	return s, newClient(t, s.LocalURL())
}

// stop closes a server. It may be closed already.
func stop(t *testing.T, s *Server) {
	t.Helper()
	if err := s.Close(context.Background()); err != nil {
		t.Errorf("close: %v", err)
	}
}

type (
	client = servertest.Client
	reply  = servertest.Reply
	event  = servertest.Event
)

var (
	newClient  = servertest.NewClient
	generation = servertest.Generation
	snapshot   = servertest.Snapshot
	batch      = servertest.Batch
)

// countMarkers counts the markers of a recorded window.
func countMarkers(t *testing.T, c *client, session string) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for _, marker := range c.Markers(t, session, servertest.Window) {
		counts[marker]++
	}
	return counts
}
