package main

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/heavy"
)

// These tests do at a small scale what a stranger can do to a real server: a server with little memory for requests gets bodies that exceed it when
// several arrive at once, and connections that would fill it. All checks also hold on a busy machine. With -deep everything runs at full size.
var deep = flag.Bool("deep", false, "all attacks, with bodies of 250 MB: an hour")

func TestMain(m *testing.M) {
	code := m.Run()
	if err := os.RemoveAll(binaryDir); err != nil {
		code = max(code, 1)
	}
	os.Exit(code)
}

var binaryDir string

var binary = sync.OnceValues(func() (path string, err error) {
	if binaryDir, err = os.MkdirTemp("", "playhead-test-*"); err != nil {
		return "", err
	}
	path = filepath.Join(binaryDir, "playhead")
	if out, err := exec.Command("go", "build", "-o", path, "../cmd/playhead").CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return path, nil
})

// scale is the size of the tests' data, and of their server.
type scale struct {
	options
	decoded    int     // bytes of heavy bodies
	inFlightMB float64 // limits.max_in_flight
	attacks    []attack
	shapes     []heavy.Shape // shapes that are stored and read
}

func newScale(t *testing.T) scale {
	t.Helper()
	bin, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir("..") // where package main runs
	s := scale{options: options{bin: bin, dir: t.TempDir()}, decoded: 10e6, inFlightMB: 32 * 1.048576}
	s.hostile.set = "limits.max_in_flight=32MiB"
	some := []string{"empty_objects", "deep_numbers", "thinking_2mb", "many_events", "bomb_in_bomb", "recording_events", "announced", "chunked"}
	s.shapes = []heavy.Shape{shape("empty_objects"), shape("spaces_within"), shape("chat_parts"), shape("repeated_thinking")}
	if *deep {
		s.decoded, s.inFlightMB, s.hostile.set, some, s.shapes = 250e6, 256*1.048576, "", nil, heavy.Shapes
	}
	for _, a := range allAttacks(s.decoded) {
		if len(some) == 0 || slices.Contains(some, a.name) {
			s.attacks = append(s.attacks, a)
		}
	}
	return s
}

// start runs a server for the length of a test. Its output is in the test's log.
func (s scale) start(t *testing.T) *server {
	t.Helper()
	args, err := s.hostile.args()
	if err != nil {
		t.Fatal(err)
	}
	server, err := startEmpty(t.Context(), s.options, "test", args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { end(t, server) })
	return server
}

func end(t *testing.T, s *server) {
	if said, err := os.ReadFile(s.log.Name()); err == nil && t.Failed() {
		t.Logf("the server said: %.10000s", said)
	}
	if err := s.close(); err != nil {
		t.Error(err)
	}
}

// within fails the test if the process needed more memory than limits.max_in_flight and 260 MB: the promise is 200 MB for one such body; here eight
// arrive at once, 76 MB of the memory are pages of the program's file, and on a busy machine garbage is collected late (20 MB more were seen).
func (s scale) within(t *testing.T, server *server, what string) {
	t.Helper()
	if server.dead() {
		t.Fatalf("%s: the server died: %v", what, server.cmd.ProcessState)
	}
	if peak, most := server.peakMB(), s.inFlightMB+260; peak > most {
		t.Fatalf("%s: the server had %.0f MB, where %.0f may be", what, peak, most)
	}
}

func TestHeavyBodiesNeedLittleMemory(t *testing.T) {
	s := newScale(t)
	worst := 0.0
	for i, shape := range heavy.Shapes {
		server := s.start(t)
		for _, property := range []string{"$ai_input", "$ai_output_choices", "$ai_error", "custom"} {
			b := newHeavyBody(shape, property, s.decoded, true)
			status, err := send(t.Context(), http.DefaultClient, server, b.request(i))
			what := fmt.Sprintf("%s of %.0f MB in %s", b.name, float64(b.decoded)/1e6, property)
			s.within(t, server, what)
			if err != nil || status != http.StatusOK {
				t.Errorf("%s: %d %v", what, status, err)
			}
			if !*deep && property == "$ai_input" && i%8 != 0 {
				break // the other properties are tested with some of the shapes
			}
		}
		worst = max(worst, server.peakMB())
		server.kill()
	}
	t.Logf("%.0f MB at most", worst)
}

// No other client is refused, or left without an answer, whatever eight attackers do.
func TestOthersAreServedWhileSomebodyAttacks(t *testing.T) {
	s := newScale(t)
	for _, a := range s.attacks {
		t.Run(a.name, func(t *testing.T) {
			server := s.start(t)
			users, err := newOthers(t.Context(), server)
			if err != nil {
				t.Fatal(err)
			}
			defer users.close()
			users.patience = time.Minute
			enemies := newAttackers(server, 1)
			felt, err := besideAttack(t.Context(), a.prepare(), enemies, func(ctx context.Context) (*felt, error) { return users.use(ctx, time.Second) })
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("attackers: %s; others' 95th percentile: %.0f ms; %.0f MB", enemies.summary(), felt.p95("events"), server.peakMB())
			if felt.busy > 0 || felt.failed > 0 {
				t.Errorf("%d of the others were told to come again, %d failed; the last one: %s", felt.busy, felt.failed, felt.example)
			}
			s.within(t, server, a.what)
		})
	}
}

func TestReadingWhatIsDearToReadNeedsLittleMemory(t *testing.T) {
	s := newScale(t)
	for _, shape := range s.shapes {
		t.Run(shape.Name, func(t *testing.T) {
			read, err := s.readDear(t.Context(), newHeavyBody(shape, "$ai_input", stored, false))
			if err != nil {
				t.Fatal(err)
			}
			for i, what := range []string{"its trace", "its generation", "eight readers"} {
				r := read[i]
				if r.failed != nil {
					t.Errorf("%s: %v", what, r.failed)
				}
				t.Logf("%s: %d answers, the largest of %.1f MB, %.2f s of processor time, %.0f MB of memory", what, r.answers, r.largestMB, r.cpu, r.grownMB)
				if r.largestMB > 4.2 {
					t.Errorf("%s: an answer of %.1f MB", what, r.largestMB)
				}
				if i < 2 && r.grownMB > 100 {
					t.Errorf("%s: %.0f MB of memory", what, r.grownMB)
				}
			}
		})
	}
}

// A server that is told to stop ends properly, whatever keeps it busy. Its exit status shows whether it was in time.
func TestAServerStopsWhileSomebodyAttacks(t *testing.T) {
	s := newScale(t)
	stops := func(t *testing.T, server *server, under func(ctx context.Context, begun func())) {
		took, exit, cpu := server.stopUnder(t.Context(), under)
		t.Logf("%s after %v and %.2f s of processor time", exit, took, cpu)
		if exit != "exit status 0" {
			t.Errorf("%s after %v", exit, took)
		}
	}
	for _, a := range s.attacks {
		t.Run(a.name, func(t *testing.T) {
			run, server := a.prepare(), s.start(t)
			stops(t, server, func(ctx context.Context, begun func()) { run(ctx, newAttackers(server, 1), begun) })
		})
	}
	t.Run("readers", func(t *testing.T) {
		server, err := s.holding(t.Context(), newHeavyBody(s.shapes[0], "$ai_input", stored, false))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { end(t, server) })
		stops(t, server, func(ctx context.Context, begun func()) { server.readUntil(ctx, storedEvent(0), begun) })
	})
}

// Attackers can reach only a server that the bench started, which listens on this machine only.
func TestOnlyItsOwnServerIsAttacked(t *testing.T) {
	s := newScale(t)
	server := s.start(t)
	if err := ownServer(server); err != nil {
		t.Error(err)
	}
	for _, addr := range []string{"192.0.2.1:80", "example.com:80", "", server.addr + "0"} {
		other := *server
		other.addr = addr
		if ownServer(&other) == nil {
			t.Errorf("%s may be attacked", addr)
		}
	}
	end(t, server)
	if ownServer(server) == nil {
		t.Error("a server that ended may be attacked: another one may listen there now")
	}
}
