package dir

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/blocks/blockstest"
	"github.com/playheadhq/playhead/internal/model"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// clock is a clock that a test moves.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

func newClock() *clock { return &clock{time.Date(2025, 10, 9, 23, 30, 0, 0, time.UTC)} }

func open(t *testing.T, path string, o Options) *Store {
	t.Helper()
	s, err := Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestConformance(t *testing.T) {
	for name, roll := range map[string]int64{"large segments": 0, "a segment for each write": 1} {
		t.Run(name, func(t *testing.T) {
			blockstest.Run(t, func(t *testing.T) func(*testing.T) blocks.Store {
				path := filepath.Join(t.TempDir(), "blocks")
				return func(t *testing.T) blocks.Store {
					s, err := Open(path, Options{RollBytes: roll})
					if err != nil {
						t.Fatal(err)
					}
					return s
				}
			})
		})
	}
}

func TestSegments(t *testing.T) {
	path, now := t.TempDir(), newClock()
	o := Options{RollBytes: 10, Now: now.Now}
	s := open(t, path, o)
	write := func(body, wantKey string) {
		t.Helper()
		at := blockstest.Write(t, s, []byte(body))[0]
		if at.Key != wantKey {
			t.Errorf("%q lies in %s, want %s", body, at.Key, wantKey)
		}
		blockstest.Holds(t, s, at, []byte(body))
	}
	write("begins", "default/2025-10-09/000001")
	write("ends it", "default/2025-10-09/000001") // a write may exceed the limit
	write("next", "default/2025-10-09/000002")
	now.now = now.now.Add(time.Hour)
	write("next day", "default/2025-10-10/000001")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, path, o)
	write("another process", "default/2025-10-10/000002")
}

// TestTornTail: whatever a crash left at the end of a segment harms neither acknowledged bodies nor later ones.
func TestTornTail(t *testing.T) {
	for name, tear := range map[string]func(t *testing.T, file string, acknowledged int64){
		"garbage behind": func(t *testing.T, file string, _ int64) {
			f, err := os.OpenFile(file, os.O_WRONLY|os.O_APPEND, 0)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.WriteString("half a bo"); err != nil {
				t.Fatal(err)
			}
			f.Close()
		},
		"zeros behind": func(t *testing.T, file string, end int64) {
			if err := os.Truncate(file, end+4096); err != nil {
				t.Fatal(err)
			}
		},
		"nothing behind": func(*testing.T, string, int64) {},
	} {
		t.Run(name, func(t *testing.T) {
			path, now := t.TempDir(), newClock()
			s := open(t, path, Options{Now: now.Now})
			bodies := [][]byte{[]byte("first"), []byte("second")}
			locations := blockstest.Write(t, s, bodies...)
			// No Close: the process is gone.
			tear(t, filepath.Join(path, locations[0].Key+suffix), locations[1].Offset+locations[1].Length)

			s = open(t, path, Options{Now: now.Now})
			later := blockstest.Write(t, s, []byte("later"))
			blockstest.Holds(t, s, locations[0], bodies[0])
			blockstest.Holds(t, s, locations[1], bodies[1])
			blockstest.Holds(t, s, later[0], []byte("later"))
		})
	}
}

// TestCutShort: at every length that a segment is cut to, the locations that are still complete can be read, and no others.
func TestCutShort(t *testing.T) {
	path, now := t.TempDir(), newClock()
	s := open(t, path, Options{Now: now.Now})
	bodies := [][]byte{[]byte("first"), []byte("2nd"), []byte("the third")}
	locations := blockstest.Write(t, s, bodies...)
	file := filepath.Join(path, locations[0].Key+suffix)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for length := len(whole); length >= 0; length-- {
		if err := os.Truncate(file, int64(length)); err != nil {
			t.Fatal(err)
		}
		for i, at := range locations {
			if at.Offset+at.Length <= int64(length) {
				blockstest.Holds(t, s, at, bodies[i])
			} else if _, err := s.Read(t.Context(), at); !errors.Is(err, blocks.ErrNotFound) {
				t.Errorf("%d bytes left: Read(%+v): %v, want ErrNotFound", length, at, err)
			}
		}
	}
}

// TestManySegments reads from more segments than stay open.
func TestManySegments(t *testing.T) {
	s := open(t, t.TempDir(), Options{RollBytes: 1})
	var locations []model.Location
	for n := range 3 * cached {
		locations = append(locations, blockstest.Write(t, s, fmt.Appendf(nil, "body %d", n))...)
	}
	for range 2 {
		for n, at := range locations {
			blockstest.Holds(t, s, at, fmt.Appendf(nil, "body %d", n))
		}
	}
	if n := len(s.reading.open); n != cached {
		t.Errorf("%d files are open, want %d", n, cached)
	}
}

func TestNoLinkLeadsOut(t *testing.T) {
	path, outside := t.TempDir(), filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(outside, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := open(t, path, Options{})
	if err := os.MkdirAll(filepath.Join(path, "default", "2025-10-09"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(path, "default", "2025-10-09", "000001"+suffix)); err != nil {
		t.Fatal(err)
	}
	if body, err := s.Read(t.Context(), model.Location{Key: "default/2025-10-09/000001", Length: 6}); err == nil {
		t.Errorf("read %q through a link", body)
	}
}

func TestMinFree(t *testing.T) {
	s := open(t, t.TempDir(), Options{MinFreeBytes: math.MaxInt64})
	_, err := s.Write(t.Context(), "default", [][]byte{[]byte("x")})
	if !errors.Is(err, blocks.ErrFull) || !strings.Contains(err.Error(), "MiB free") {
		t.Errorf("Write: %v, want ErrFull that says how much is free", err)
	}
	if entries, _ := os.ReadDir(s.path); len(entries) != 0 {
		t.Errorf("%d entries were made all the same", len(entries))
	}
}

func BenchmarkWrite(b *testing.B) {
	s, err := Open(b.TempDir(), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	bodies := make([][]byte, 8)
	for i := range bodies {
		bodies[i] = bytes.Repeat([]byte("x"), 32<<10)
	}
	b.SetBytes(8 * 32 << 10)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Write(b.Context(), "default", bodies); err != nil {
			b.Fatal(err)
		}
	}
}
