package query

import (
	"errors"
	"strings"
	"testing"

	"github.com/playheadhq/playhead/internal/access"
)

// A request without a project reads the first one. An unknown project is not found, and the answer lists the existing ones.
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
