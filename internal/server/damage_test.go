//go:build unix

package server

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/query"
	"github.com/playheadhq/playhead/internal/servertest"
)

// killedWith is the data directory of a process that was killed after it had acknowledged some requests.
func killedWith(t *testing.T, requests int) (dir string, s *servertest.Sender) {
	t.Helper()
	dir = t.TempDir()
	p := run(t, freePort(t), dir)
	s = servertest.NewSender("s", time.Now().Add(-time.Hour))
	for range requests {
		res, err := s.Try(t.Context(), p.Client)
		if err != nil || res.Status != http.StatusOK {
			t.Fatalf("%+v, %v", res, err)
		}
	}
	if err := p.end(syscall.SIGKILL); err == nil {
		t.Fatal("the server was not killed")
	}
	return dir, s
}

// copyOf is a copy of a data directory.
func copyOf(t *testing.T, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "data")
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return to
}

// files are the contents of a directory, without the lock file.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || name == "lock" {
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		all[name] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// doesNotStart starts the program, which must exit by itself, and returns the reason that it printed.
func doesNotStart(t *testing.T, dir string) string {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), path, "serve", "--listen", freePort(t), "--data", dir, "--token", testToken)
	var out, says bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &says
	var ended *exec.ExitError
	if err := cmd.Run(); !errors.As(err, &ended) || ended.ExitCode() != 1 {
		t.Errorf("ended with %v, want exit code 1: %s", err, says.String())
	}
	if out.Len() > 0 {
		t.Errorf("said that it was ready: %s", out.String())
	}
	return says.String()
}

var codeSaid = regexp.MustCompile(`--accept-loss ([0-9a-f,]+)`)

// accepts starts the program again with the code that it printed.
func accepts(t *testing.T, dir, says string) *process {
	t.Helper()
	code := codeSaid.FindStringSubmatch(says)
	if code == nil {
		t.Fatalf("no code in %q", says)
	}
	return run(t, freePort(t), dir, "--accept-loss", code[1])
}

func eventsOf(t *testing.T, p *process) int {
	t.Helper()
	var status query.Status
	p.Read(t, "/api/status", &status)
	return int(status.Events)
}

func lossesShown(t *testing.T, p *process) (all []string) {
	t.Helper()
	var status query.Status
	p.Read(t, "/api/status", &status)
	for _, w := range status.Warnings {
		if w.Kind == "loss" {
			all = append(all, w.Detail)
		}
	}
	return all
}

func change(t *testing.T, name string, to func([]byte) []byte) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err == nil {
		err = os.WriteFile(name, to(data), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A damaged log is reported before the server is ready, with the amount of lost data. Nothing changes until somebody accepts the loss. Then the rest
// is there, the damaged files are kept, and the status page shows the loss.
func TestADamagedLogIsSaid(t *testing.T) {
	dir, s := killedWith(t, 12)
	p := run(t, freePort(t), copyOf(t, dir))
	acked := eventsOf(t, p)
	if err := p.end(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	const log, database, journal = "events.duckdb.wal", "events.duckdb", "events.duckdb.journal"
	for name, c := range map[string]struct {
		change func(t *testing.T, dir string)
		says   string
		all    bool // everything that was acknowledged is lost
		keeps  []string
	}{
		"flipped in the middle": {func(t *testing.T, dir string) {
			change(t, filepath.Join(dir, log), func(b []byte) []byte { b[len(b)/2] ^= 1; return b })
		}, "does not hold what was written to it", false, []string{log, journal}},
		"cut": {func(t *testing.T, dir string) {
			change(t, filepath.Join(dir, log), func(b []byte) []byte { return b[:len(b)*2/3] })
		}, "lost its end", false, []string{log, journal}},
		"removed": {func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(dir, log)); err != nil {
				t.Fatal(err)
			}
		}, "is missing", true, []string{journal}},
		"the database's head": {func(t *testing.T, dir string) {
			change(t, filepath.Join(dir, database), func(b []byte) []byte { b[100] ^= 1; return b })
		}, "the database file events.duckdb is damaged", true, []string{log, journal, database}},
	} {
		t.Run(name, func(t *testing.T) {
			damaged := copyOf(t, dir)
			c.change(t, damaged)
			before := files(t, damaged)
			says := doesNotStart(t, damaged)
			if !maps.Equal(files(t, damaged), before) {
				t.Error("files were changed")
			}
			if !strings.Contains(says, c.says) || !strings.Contains(says, "Lost ") || !strings.Contains(says, "Saved ") {
				t.Errorf("said %s", says)
			}
			p := accepts(t, damaged, says)
			found := eventsOf(t, p)
			lost := acked - found
			if lost == 0 || (lost == acked) != c.all {
				t.Errorf("%d of %d events are lost", lost, acked)
			}
			if !strings.Contains(says, fmt.Sprintf(" %d events,", lost)) {
				t.Errorf("%d events are lost, said: %s", lost, says)
			}
			shown := lossesShown(t, p)
			if len(shown) != 1 || !strings.Contains(shown[0], c.says[1:]) {
				t.Errorf("the status says %q", shown)
			}
			if err := p.end(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			for _, name := range c.keeps {
				if !isKept(files(t, damaged), name, before[name]) {
					t.Errorf("%s is not kept as it was", name)
				}
			}
			p = run(t, freePort(t), damaged) // it starts without a report
			if n := eventsOf(t, p); n != found {
				t.Errorf("%d events became %d", found, n)
			}
			if again := lossesShown(t, p); len(again) != 1 {
				t.Errorf("the status says %q", again)
			}
		})
	}
	t.Run("the journal's", func(t *testing.T) {
		damaged := copyOf(t, dir)
		if err := os.Remove(filepath.Join(damaged, journal)); err != nil {
			t.Fatal(err)
		}
		p := accepts(t, damaged, doesNotStart(t, damaged))
		servertest.CheckAcknowledged(t, p.Client, []*servertest.Sender{s})
	})
}

// isKept reports whether a file is among the damaged files that were kept, unchanged.
func isKept(all map[string]string, name, data string) bool {
	for at, kept := range all {
		if strings.HasPrefix(at, "damaged/") && filepath.Base(at) == name && kept == data {
			return true
		}
	}
	return false
}

// Files of recordings that are missing or too short are reported once, before the server is ready. Damage inside a file is a hole during playback,
// and a full check finds it.
func TestDamagedRecordingsAreSaid(t *testing.T) {
	dir, s := killedWith(t, 12)
	segments, err := filepath.Glob(filepath.Join(dir, "recordings", "*", "*", "*.blocks"))
	if err != nil || len(segments) != 1 {
		t.Fatalf("%v, %v", segments, err)
	}
	segment, err := filepath.Rel(dir, segments[0])
	if err != nil {
		t.Fatal(err)
	}
	markers := 0
	for _, r := range s.Acked {
		markers += len(r.Markers)
	}
	for name, c := range map[string]struct {
		change func(t *testing.T, segment string)
		says   string
	}{
		"cut": {func(t *testing.T, segment string) {
			change(t, segment, func(b []byte) []byte { return b[:len(b)/2] })
		}, "0 are missing and 1 are too short"},
		"removed": {func(t *testing.T, segment string) {
			if err := os.Remove(segment); err != nil {
				t.Fatal(err)
			}
		}, "1 are missing and 0 are too short"},
	} {
		t.Run(name, func(t *testing.T) {
			damaged := copyOf(t, dir)
			c.change(t, filepath.Join(damaged, segment))
			says := doesNotStart(t, damaged)
			if !strings.Contains(says, c.says) || !strings.Contains(says, "blocks of recordings, 1 session, of") && !strings.Contains(says, "1 session, from") {
				t.Errorf("said %s", says)
			}
			p := accepts(t, damaged, says)
			if shown := lossesShown(t, p); len(shown) != 1 || !strings.Contains(shown[0], c.says) {
				t.Errorf("the status says %q", shown)
			}
			if n := len(p.All(t, "/api/generations")); n == 0 {
				t.Error("no events")
			}
			if err := p.end(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			run(t, freePort(t), damaged) // the loss is known
		})
	}
	t.Run("flipped", func(t *testing.T) {
		damaged := copyOf(t, dir)
		change(t, filepath.Join(damaged, segment), func(b []byte) []byte { b[len(b)/2] ^= 4; return b })
		p := run(t, freePort(t), damaged)
		snapshots := string(p.Get(t, "/api/sessions/"+s.Session+"/snapshots").Body)
		if n := strings.Count(snapshots, `"reason":"corrupt"`); n != 1 {
			t.Errorf("%d holes in %s", n, snapshots)
		}
		if err := p.end(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		cfg := testConfig(damaged)
		whole := func(dir string) (bad []string) {
			cfg.Data = dir
			for _, f := range Check(t.Context(), cfg, func(int64) {}) {
				if f.Err != nil {
					bad = append(bad, fmt.Sprint(f.Name, ": ", f.Err))
				}
			}
			return bad
		}
		if bad := whole(damaged); len(bad) != 1 || !strings.Contains(bad[0], "everything: 1 blocks of recordings are corrupt") {
			t.Errorf("a full check found %q", bad)
		}
		if bad := whole(copyOf(t, dir)); len(bad) != 0 {
			t.Errorf("a full check of what is whole found %q", bad)
		}
	})
	if markers == 0 {
		t.Error("nothing was recorded")
	}
}
