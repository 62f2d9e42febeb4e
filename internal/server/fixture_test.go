package server

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/playheadhq/playhead/internal/query"
)

// fixtures are requests of real clients, with what package posthog reads from them.
const fixtures = "../posthog/testdata/"

// replayFixture sends a recorded request to the server.
func replayFixture(t *testing.T, c *client, file string) *reply {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(raw)))
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	again, err := http.NewRequestWithContext(t.Context(), r.Method, c.Base+r.RequestURI, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	again.Header = r.Header
	for _, hop := range []string{"Connection", "Content-Length"} {
		again.Header.Del(hop)
	}
	res, err := c.Send(again)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return res
}

// Every recorded request is answered, its data are there, and sending all requests again changes nothing.
func TestEveryFixtureTwice(t *testing.T) {
	cfg := testConfig(t.TempDir())
	cfg.Tokens = []string{"phc_go_test", "phc_node_test", "phc_node_v1", "phc_test_token_0000000000000000000000000000000"}
	_, c := start(t, cfg)
	files, err := filepath.Glob(fixtures + "wire/*.req")
	if err != nil || len(files) < 30 {
		t.Fatalf("%d fixtures, %v", len(files), err)
	}
	text, err := os.ReadFile(fixtures + "wire.golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden map[string]struct {
		Events []struct{ ID, Name string }
	}
	if err := json.Unmarshal(text, &golden); err != nil {
		t.Fatal(err)
	}
	var first query.Status
	for round := range 2 {
		for _, file := range files {
			if res := replayFixture(t, c, file); res.Status != 200 && res.Status != 204 {
				t.Errorf("%s: %d %s", file, res.Status, res.Body)
			}
		}
		var status query.Status
		c.Read(t, "/api/status", &status)
		if round == 0 {
			first = status
			t.Logf("%d events, %d generations, %d recorded blocks, refusals %+v", status.Events, status.Generations, status.Recordings, status.Refusals)
		} else if status.Events != first.Events || status.Generations != first.Generations || status.Recordings != first.Recordings {
			t.Errorf("sent again: %+v became %+v", first, status)
		}
	}
	stored := c.All(t, "/api/generations")
	for file, g := range golden {
		for _, e := range g.Events {
			if e.ID != "" && (e.Name == "$ai_generation" || e.Name == "$ai_embedding") && stored[e.ID] != 1 {
				t.Errorf("%s: %s is listed %d times", file, e.ID, stored[e.ID])
			}
		}
	}
	if len(c.All(t, "/api/sessions")) == 0 || first.Recordings == 0 {
		t.Error("no sessions")
	}
	for _, refusal := range first.Refusals {
		t.Errorf("refused: %+v", refusal)
	}
}
