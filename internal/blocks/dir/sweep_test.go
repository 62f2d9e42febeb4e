package dir

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/model"
)

// TestKeysAndDelete: a segment is listed, and may be deleted, when nobody can be writing to it, in this process or another.
func TestKeysAndDelete(t *testing.T) {
	dir, now := t.TempDir(), time.Date(2025, 10, 9, 23, 0, 0, 0, time.UTC)
	open := func() *Store {
		s, err := Open(dir, Options{Now: func() time.Time { return now }, MinFreeBytes: -1})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		return s
	}
	one, two := open(), open()
	write := func(s *Store) model.Location {
		locations, err := s.Write(t.Context(), "default", [][]byte{[]byte("body")})
		if err != nil {
			t.Fatal(err)
		}
		return locations[0]
	}
	listed := func(want ...string) {
		t.Helper()
		var got []string
		for key, err := range one.Keys(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, key)
		}
		if !slices.Equal(got, want) {
			t.Errorf("on %v: %v, want %v", now, got, want)
		}
	}
	first, second := write(one), write(two)
	listed()
	now = now.Add(2 * time.Hour) // the next day
	third := write(two)
	listed()
	if err := one.Delete(t.Context(), second.Key); err == nil {
		t.Error("yesterday's segment was deleted")
	}
	now = now.Add(24 * time.Hour)
	listed(first.Key, second.Key)
	for _, key := range []string{first.Key, second.Key, second.Key} { // the second time it is gone already
		if err := one.Delete(t.Context(), key); err != nil {
			t.Error(err)
		}
	}
	listed()
	if _, err := os.Stat(filepath.Join(dir, "default", "2025-10-09")); !os.IsNotExist(err) {
		t.Errorf("an empty day stays: %v", err)
	}
	if body, err := one.Read(t.Context(), third); err != nil || string(body) != "body" {
		t.Errorf("Read: %q, %v", body, err)
	}
	write(one) // the current segment of this store was deleted
	for _, key := range []string{"../x", "default/2025-10-09", "2025-10-09/000001", "../2025-10-09/000001", ""} {
		if err := one.Delete(t.Context(), key); err == nil {
			t.Errorf("deleted %q", key)
		}
	}
}
