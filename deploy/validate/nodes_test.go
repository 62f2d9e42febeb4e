package validate

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

var copyAll = io.Copy

// composeEnviron is the environment of a node, with this machine's addresses.
func (w *world) composeEnviron(t *testing.T, name string) []string {
	t.Helper()
	text, err := w.here(strings.Join(environ(w.project.Services[name]), "\x00"), "clickhouse1:9000", "clickhouse2:9000", "s3:7070")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(text, "\x00")
}

// capture sends one event and returns the status.
func capture(t *testing.T, base, token string) int {
	t.Helper()
	body := fmt.Sprintf(`{"api_key":%q,"batch":[{"event":"deployed","distinct_id":"d","uuid":%q,"timestamp":%q,"properties":{}}]}`,
		token, uuid.NewString(), time.Now().UTC().Format(time.RFC3339Nano))
	response, err := client.Post(base+"/batch/", "application/json", strings.NewReader(body))
	if err != nil {
		t.Error(err)
		return 0
	}
	defer response.Body.Close()
	return response.StatusCode
}

// events reads the number of stored events like a script.
func events(t *testing.T, base, password string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), "GET", base+"/api/status", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.SetBasicAuth("", password)
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("status: %d %s %v", response.StatusCode, body, err)
	}
	return string(body)
}

// Each node of compose.yaml starts as in Compose, finds its storages, and accepts and shows data.
func TestComposeNodesRun(t *testing.T) {
	w := storages(t)
	i := made(t)
	for _, s := range nodes(w.project) {
		n := startNode(t, s.Command, w.composeEnviron(t, s.Name))
		n.ready(t)
		if status := capture(t, n.url, w.env["PLAYHEAD_TOKEN"]); status != http.StatusOK {
			t.Errorf("%s: capture: %d", s.Name, status)
		}
		if said := events(t, n.url, w.env["PLAYHEAD_PASSWORD"]); !strings.Contains(said, "events") {
			t.Errorf("%s: %s", s.Name, said)
		}
		if n.status("/api/status") != http.StatusUnauthorized {
			t.Errorf("%s: nobody is asked for the password", s.Name)
		}
		// The image's health check runs with the environment of the node.
		health := func() error {
			return i.command(append(w.composeEnviron(t, s.Name), "PLAYHEAD_LISTEN="+strings.TrimPrefix(n.url, "http://")), i.health...).Run()
		}
		if err := health(); err != nil {
			t.Errorf("%s: its health check fails: %v", s.Name, err)
		}
		n.terminate(t)
		if err := health(); err == nil {
			t.Errorf("%s: its health check does not notice that it has stopped", s.Name)
		}
		if said := n.said.String(); strings.Contains(said, `"level":"WARN"`) || strings.Contains(said, `"level":"ERROR"`) {
			t.Errorf("%s warns:\n%s", s.Name, said)
		}
	}
}

// A backup as in docs/cluster.md: the image of a node writes all stored data to a directory.
func TestComposeExport(t *testing.T) {
	w, i := storages(t), made(t)
	service := nodes(w.project)[0]
	n := startNode(t, service.Command, w.composeEnviron(t, service.Name))
	n.ready(t)
	if status := capture(t, n.url, w.env["PLAYHEAD_TOKEN"]); status != http.StatusOK {
		t.Errorf("capture: %d", status)
	}
	out := filepath.Join(i.root, "out")
	if err := os.Mkdir(out, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(out, 0o777); err != nil {
		t.Fatal(err)
	}
	inside := "/out"
	if os.Geteuid() != 0 {
		inside = out
	}
	said, err := i.command(w.composeEnviron(t, service.Name), append(i.entrypoint, "export", "--out", inside)...).CombinedOutput()
	if _, missing := os.Stat(filepath.Join(out, "manifest.jsonl")); err != nil || missing != nil || !strings.Contains(string(said), "Exported to") {
		t.Errorf("%v %v: %s", err, missing, said)
	}
}
