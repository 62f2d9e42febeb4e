// Package blockstest is the suite that every implementation of package blocks passes.
package blockstest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/model"
)

// Factory makes an empty store of blocks and returns a function that opens it. The suite closes a store before it opens it again.
type Factory func(t *testing.T) (open func(t *testing.T) blocks.Store)

// Run runs the suite. Every test gets a store of its own.
func Run(t *testing.T, f Factory) {
	t.Run("RoundTrip", func(t *testing.T) { testRoundTrip(t, f) })
	t.Run("Random", func(t *testing.T) { testRandom(t, f) })
	t.Run("Reopen", func(t *testing.T) { testReopen(t, f) })
	t.Run("ReadersWhileWriting", func(t *testing.T) { testReadersWhileWriting(t, f) })
	t.Run("Projects", func(t *testing.T) { testProjects(t, f) })
	t.Run("Named", func(t *testing.T) { testNamed(t, f) })
	t.Run("NotThere", func(t *testing.T) { testNotThere(t, f) })
	t.Run("CallerKeepsBytes", func(t *testing.T) { testCallerKeepsBytes(t, f) })
	t.Run("Cancelled", func(t *testing.T) { testCancelled(t, f) })
	t.Run("Closed", func(t *testing.T) { testClosed(t, f) })
}

// Write stores bodies, or ends the test.
func Write(t *testing.T, s blocks.Store, bodies ...[]byte) []model.Location {
	t.Helper()
	locations, err := s.Write(t.Context(), "default", bodies)
	if err != nil {
		t.Fatalf("Write: %v", err)
	}
	if len(locations) != len(bodies) {
		t.Fatalf("Write of %d bodies: %d locations", len(bodies), len(locations))
	}
	return locations
}

// Holds checks that a location holds body.
func Holds(t *testing.T, s blocks.Store, at model.Location, body []byte) {
	t.Helper()
	got, err := s.Read(t.Context(), at)
	if err != nil {
		t.Errorf("Read(%+v): %v", at, err)
	} else if !bytes.Equal(got, body) {
		t.Errorf("Read(%+v): %d bytes %.40q, want %d bytes %.40q", at, len(got), got, len(body), body)
	}
}

func opened(t *testing.T, f Factory) blocks.Store {
	t.Helper()
	s := f(t)(t)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

func testRoundTrip(t *testing.T, f Factory) {
	s := opened(t, f)
	if locations, err := s.Write(t.Context(), "default", nil); err != nil || len(locations) != 0 {
		t.Errorf("Write of nothing: %v, %v", locations, err)
	}
	bodies := [][]byte{[]byte("one"), {}, {0, 0xff, '\n', 0}, bytes.Repeat([]byte("large "), 1<<18), []byte("one")}
	locations := Write(t, s, bodies...)
	for i, at := range locations {
		if at.Length != int64(len(bodies[i])) {
			t.Errorf("location %d has length %d, want %d", i, at.Length, len(bodies[i]))
		}
		Holds(t, s, at, bodies[i])
	}
	// Backwards, and again.
	for i, at := range slices.Backward(locations) {
		Holds(t, s, at, bodies[i])
	}
	if len(bodies[0]) > 0 && locations[0] == locations[4] {
		t.Error("two bodies have one location")
	}
}

// testRandom writes groups of any size and reads them in any order.
func testRandom(t *testing.T, f Factory) {
	s := opened(t, f)
	random := rand.New(rand.NewPCG(3, 3))
	var locations []model.Location
	var bodies [][]byte
	for range 40 {
		var group [][]byte
		for range 1 + random.IntN(8) {
			body := make([]byte, random.IntN(1<<random.IntN(15)))
			for i := range body {
				body[i] = byte(random.Uint32())
			}
			group = append(group, body)
		}
		locations = append(locations, Write(t, s, group...)...)
		bodies = append(bodies, group...)
		for range 5 {
			i := random.IntN(len(bodies))
			Holds(t, s, locations[i], bodies[i])
		}
	}
	for _, i := range random.Perm(len(bodies)) {
		Holds(t, s, locations[i], bodies[i])
	}
}

func testReopen(t *testing.T, f Factory) {
	open := f(t)
	var locations []model.Location
	var bodies [][]byte
	for n := range 4 {
		s := open(t)
		for i, at := range locations {
			Holds(t, s, at, bodies[i])
		}
		body := fmt.Appendf(nil, "body of opening %d", n)
		locations = append(locations, Write(t, s, body)...)
		bodies = append(bodies, body)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	seen := map[model.Location]bool{}
	for _, at := range locations {
		if seen[at] {
			t.Errorf("the location %+v was given out twice", at)
		}
		seen[at] = true
	}
}

func testReadersWhileWriting(t *testing.T, f Factory) {
	s := opened(t, f)
	type written struct {
		at   model.Location
		body []byte
	}
	all := make(chan written, 256)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for w := range all {
				for range 3 {
					got, err := s.Read(t.Context(), w.at)
					if err != nil || !bytes.Equal(got, w.body) {
						t.Errorf("Read(%+v): %d bytes, %v", w.at, len(got), err)
					}
				}
			}
		})
	}
	for n := range 50 {
		bodies := [][]byte{fmt.Appendf(nil, "body %d", n), bytes.Repeat([]byte{byte(n)}, 3000)}
		locations, err := s.Write(t.Context(), "default", bodies)
		if err != nil {
			t.Errorf("Write: %v", err)
			break
		}
		for i := range locations {
			all <- written{locations[i], bodies[i]}
		}
	}
	close(all)
	wg.Wait()
}

// testNotThere: an unknown location has no content, and cannot lead to other data.
func testNotThere(t *testing.T, f Factory) {
	s := opened(t, f)
	good := Write(t, s, []byte("there"))[0]
	bad := []model.Location{
		{}, {Key: good.Key, Offset: good.Offset, Length: good.Length + 1}, {Key: good.Key, Offset: good.Offset + 1, Length: good.Length},
		{Key: good.Key, Offset: -1, Length: 1}, {Key: good.Key, Offset: 0, Length: -1}, {Key: good.Key, Offset: 1 << 40, Length: 1},
		{Key: good.Key, Offset: math.MaxInt64, Length: math.MaxInt64}, {Key: good.Key, Offset: 0, Length: math.MaxInt64},
	}
	for _, key := range []string{
		good.Key + "x", good.Key + "/", "/" + good.Key, "./" + good.Key, "x/../" + good.Key, "..", "../..", "/etc/passwd", "../../../../../../../../etc/passwd",
		"2025-10-09/../../../../../../../../etc/passwd", "2025-10-09/999999", "1999-01-01/000001", "\x00", "a\x00b", "C:\\Windows", "", " ",
	} {
		bad = append(bad, model.Location{Key: key, Offset: 0, Length: 5})
	}
	for _, at := range bad {
		if body, err := s.Read(t.Context(), at); !errors.Is(err, blocks.ErrNotFound) {
			t.Errorf("Read(%+v): %d bytes, %v; want ErrNotFound", at, len(body), err)
		}
	}
	Holds(t, s, good, []byte("there"))
}

// testProjects: each project's bodies are under its own keys, also with alternating writes, and a name that points elsewhere is
// refused.
func testProjects(t *testing.T, f Factory) {
	s := opened(t, f)
	for n := range 3 {
		projects := []string{"shop", "support_2", "shop"}
		bodies := [][]byte{fmt.Appendf(nil, "first of shop %d", n), fmt.Appendf(nil, "of support %d", n), fmt.Appendf(nil, "second of shop %d", n)}
		locations, err := blocks.WriteEach(t.Context(), s, projects, bodies)
		if err != nil {
			t.Fatal(err)
		}
		for i := range locations {
			if got := blocks.ProjectOf(locations[i].Key); got != projects[i] {
				t.Errorf("a body of %s lies under %s", projects[i], locations[i].Key)
			}
			Holds(t, s, locations[i], bodies[i])
		}
	}
	for _, project := range []string{"", ".", "..", "a/b", "../x", "A", "-a", "a b", "ä", "a\x00", string(bytes.Repeat([]byte("a"), 64))} {
		if locations, err := s.Write(t.Context(), project, [][]byte{[]byte("x")}); err == nil {
			t.Errorf("written for the project %q: %v", project, locations)
		}
	}
}

// testCallerKeepsBytes: the caller may change the bytes that it passed and those that it got.
func testCallerKeepsBytes(t *testing.T, f Factory) {
	s := opened(t, f)
	body := []byte("original")
	at := Write(t, s, body)[0]
	copy(body, "changed!")
	got, err := s.Read(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	copy(got, "changed!")
	Holds(t, s, at, []byte("original"))
}

func testCancelled(t *testing.T, f Factory) {
	s := opened(t, f)
	at := Write(t, s, []byte("x"))[0]
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Write(ctx, "default", [][]byte{[]byte("y")}); !errors.Is(err, context.Canceled) {
		t.Errorf("Write: %v, want context.Canceled", err)
	}
	if _, err := s.Read(ctx, at); !errors.Is(err, context.Canceled) {
		t.Errorf("Read: %v, want context.Canceled", err)
	}
	Holds(t, s, at, []byte("x"))
}

func testClosed(t *testing.T, f Factory) {
	s := f(t)(t)
	at := Write(t, s, []byte("x"))[0]
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Write(t.Context(), "default", [][]byte{[]byte("y")}); !errors.Is(err, blocks.ErrUnavailable) {
		t.Errorf("Write after Close: %v, want ErrUnavailable", err)
	}
	if _, err := s.Read(t.Context(), at); !errors.Is(err, blocks.ErrUnavailable) {
		t.Errorf("Read after Close: %v, want ErrUnavailable", err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
}
