package blockstest

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/blocks"
)

// testNamed: a body that is kept under a name is found until it is dropped. Named bodies of other projects, and blocks, are separate.
func testNamed(t *testing.T, f Factory) {
	open := f(t)
	s := open(t)
	named := s.(blocks.Named)
	ctx := t.Context()
	one, two := strings.Repeat("1a", 32), strings.Repeat("2b", 32)
	if _, _, err := named.Kept(ctx, "default", one); !errors.Is(err, blocks.ErrNotFound) {
		t.Errorf("what was never kept: %v", err)
	}
	if n, err := named.Drop(ctx, "default", time.Now()); n != 0 || err != nil {
		t.Errorf("drop of nothing: %d, %v", n, err)
	}
	holds := func(project, name, want string) {
		t.Helper()
		body, at, err := named.Kept(ctx, project, name)
		if err != nil || !bytes.Equal(body, []byte(want)) || time.Since(at).Abs() > time.Hour {
			t.Errorf("%s of %s: %q, kept at %v, %v; want %q", name, project, body, at, err, want)
		}
	}
	for _, kept := range [][3]string{{"default", one, "first"}, {"default", one, "second"}, {"default", two, ""}, {"shop", one, "of the shop"}} {
		if err := named.Keep(ctx, kept[0], kept[1], []byte(kept[2])); err != nil {
			t.Fatal(err)
		}
	}
	holds("default", one, "second")
	block := Write(t, s, []byte("a block"))[0]
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t)
	defer s.Close()
	named = s.(blocks.Named)
	holds("default", one, "second")
	holds("default", two, "")
	holds("shop", one, "of the shop")
	for _, bad := range [][2]string{{"default", "../x"}, {"default", ""}, {"../default", one}} {
		if err := named.Keep(ctx, bad[0], bad[1], nil); err == nil {
			t.Errorf("%q was kept", bad)
		}
	}
	if n, err := named.Drop(ctx, "default", time.Now().Add(-time.Hour)); n != 0 || err != nil {
		t.Errorf("drop of what is an hour old: %d, %v", n, err)
	}
	if n, err := named.Drop(ctx, "default", time.Now().Add(time.Hour)); n != 2 || err != nil {
		t.Errorf("drop of everything: %d, %v", n, err)
	}
	if _, _, err := named.Kept(ctx, "default", one); !errors.Is(err, blocks.ErrNotFound) {
		t.Errorf("what was dropped: %v", err)
	}
	holds("shop", one, "of the shop")
	Holds(t, s, block, []byte("a block"))
}
