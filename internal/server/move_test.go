//go:build unix

package server

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/query"
)

// command runs the program and kills it after a time; 0 means never.
func command(t *testing.T, path string, after time.Duration, env []string, args ...string) (out string, err error) {
	t.Helper()
	cmd := exec.Command(path, args...)
	cmd.Env = append(os.Environ(), env...)
	var both bytes.Buffer
	cmd.Stdout, cmd.Stderr = &both, &both
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if after > 0 {
		kill := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
		defer kill.Stop()
	}
	err = cmd.Wait()
	return both.String(), err
}

// untilDone runs the program and kills it, each time a little later, until it finishes.
func untilDone(t *testing.T, path string, env []string, args ...string) (out string) {
	t.Helper()
	for kills := 0; ; kills++ {
		out, err := command(t, path, time.Duration(20+20*kills)*time.Millisecond, env, args...)
		if err == nil {
			t.Logf("%s was killed %d times\n%s", args[0], kills, out)
			if kills < 3 {
				t.Errorf("%s was killed %d times only", args[0], kills)
			}
			return out
		}
		exit, ok := errors.AsType[*exec.ExitError](err)
		if !ok || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL || kills > 100 {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
}

// Moving from one machine to a cluster: the data of the embedded storage are exported and imported, while each command is killed repeatedly. Then
// nodes show them, recordings included. The nodes are built without cgo.
func TestMovingUp(t *testing.T) {
	ch := runClickHouse(t)
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	work := t.TempDir()
	slim := filepath.Join(work, "playhead-node")
	build := exec.Command("go", "build", "-o", slim, "../../cmd/playhead")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build without cgo: %v\n%s", err, said)
	}
	data, out := filepath.Join(work, "data"), filepath.Join(work, "export")

	old := run(t, freePort(t), data)
	at := time.Now().Add(-time.Hour)
	for session := range 30 {
		name := fmt.Sprint("session-", session)
		var events []event
		for i := range 40 {
			events = append(events, generation(at.Add(time.Duration(i)*time.Second), fmt.Sprint("trace-", session, "-", i/3), map[string]any{"$session_id": name, "extra": strings.Repeat("x", 500)}))
		}
		old.Capture(t, "/batch/", events...)
		old.Capture(t, "/s/", snapshot(at, name, "w", true, "first"), snapshot(at.Add(time.Second), name, "w", false, "second"))
	}
	old.Do(t, "POST", "/batch/", []byte(`{"api_key":"`+testToken+`","batch":[{"event":"","distinct_id":"x"}]}`), "Content-Type: application/json")
	shown := func(c *client) (generations, sessions map[string]int, s query.Status, markers []map[string]int) {
		c.Read(t, "/api/status", &s)
		for _, n := range []int{0, 29} {
			markers = append(markers, countMarkers(t, c, fmt.Sprint("session-", n)))
		}
		s.Version, s.Nodes, s.Warnings = "", nil, nil
		return c.All(t, "/api/generations"), c.All(t, "/api/sessions"), s, markers
	}
	generations, sessions, status, markers := shown(old.Client)
	if len(generations) != 1200 || len(sessions) != 30 || len(status.Refusals) == 0 || len(markers[1]) != 2 {
		t.Fatalf("there are %d generations, %d sessions, %+v, %v", len(generations), len(sessions), status, markers)
	}

	// While the server runs, an export is refused, and the message says what to do.
	if said, err := command(t, path, 0, nil, "export", "--data", data, "--out", out); err == nil || !strings.Contains(said, "stop the server first") {
		t.Errorf("export while running: %v\n%s", err, said)
	}
	if err := old.end(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	exported := untilDone(t, path, nil, "export", "--data", data, "--out", out)
	env := []string{"PLAYHEAD_STORE=" + ch.URL("moved")}
	target := filepath.Join(work, "recordings")
	imported := untilDone(t, slim, env, "import", "--in", out, "--blocks", target)
	sums := func(said string) string { return said[strings.Index(said, "  events"):] }
	if sums(exported) != sums(imported) {
		t.Errorf("exported\n%simported\n%s", exported, imported)
	}
	// Run it once more, when only the check is left.
	if said, err := command(t, slim, 0, env, "import", "--in", out, "--blocks", target); err != nil || sums(said) != sums(exported) {
		t.Errorf("again: %v\n%s", err, said)
	}

	for range 2 {
		cfg := nodeConfig(t, ch.URL("moved"), filepath.Join(work, "unused"))
		cfg.Blocks = target
		_, c := start(t, cfg)
		g, s, st, m := shown(c)
		if !reflect.DeepEqual(g, generations) || !reflect.DeepEqual(s, sessions) || !reflect.DeepEqual(st, status) || !reflect.DeepEqual(m, markers) {
			t.Errorf("a node shows %d generations, %d sessions, %+v, %v\nwant %+v, %v", len(g), len(s), st, m, status, markers)
		}
	}
	if _, err := os.Stat(filepath.Join(work, "unused")); !os.IsNotExist(err) {
		t.Errorf("a node made a data directory: %v", err)
	}
	if said, err := command(t, slim, 0, nil, "serve", "--listen", "127.0.0.1:0", "--data", filepath.Join(work, "none")); err == nil || !strings.Contains(said, "no embedded storage") {
		t.Errorf("without cgo and without a cluster: %v\n%s", err, said)
	}
}
