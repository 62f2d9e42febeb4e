package query

import (
	"errors"
	"strings"
	"testing"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/model"
)

// Whoever names no project means the first; one that does not exist is not found, and the answer says which there are.
func TestScope(t *testing.T) {
	s := New(Options{Store: down{}, Projects: []string{"shop", "support"}})
	for name, want := range map[string]string{"": "shop", "shop": "shop", "support": "support"} {
		if got, err := s.Scope(name); err != nil || got.Project != want {
			t.Errorf("%q is %+v, %v", name, got, err)
		}
	}
	var e *Error
	for _, name := range []string{"default", "Shop", strings.Repeat("x", 1000), "'; DROP"} {
		if got, err := s.Scope(name); !errors.As(err, &e) || e.Code != CodeNotFound || !strings.Contains(e.Message, "shop, support") || len(e.Message) > 300 {
			t.Errorf("%.20q is %+v, %v", name, got, err)
		}
	}
	if got, err := New(Options{Store: down{}}).Scope(""); err != nil || got.Project != access.DefaultProject {
		t.Errorf("of a server that is told of none: %+v, %v", got, err)
	}
}

// An index that was tampered with, or damaged, does not lead into another project's recordings.
func TestABlockOfAnotherProjectIsNotRead(t *testing.T) {
	w := newWorld(t)
	w.bodies["support/2026-11-20/000001"] = []byte("theirs")
	src := w.source(t.Context(), scope, "s", "w", nil, 0)
	defer src.close()
	if body, err := src.Read(t.Context(), model.Location{Key: "support/2026-11-20/000001", Length: 6}); !errors.Is(err, blocks.ErrNotFound) {
		t.Errorf("%q, %v", body, err)
	}
}
