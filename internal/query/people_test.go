package query

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/playheadhq/playhead/internal/model"
)

func TestGroup(t *testing.T) {
	const anon1, anon2 = "01a2074c-cbdb-742b-81ae-84d39340ccb6", "01a2074c-cc20-7790-ac68-bc0ce50f4637"
	facts := []model.Identity{
		{TimeMS: 1, ID: "user_1", OtherID: anon1},
		{TimeMS: 2, ID: "user_1", Name: "Ada", Email: "ada@example.com"},
		{TimeMS: 3, ID: "ada@example.com", OtherID: "user_1"},
		{TimeMS: 4, ID: "ada@example.com", OtherID: anon2, Name: "Ada L."},
		{TimeMS: 5, ID: anon1, Name: "", Email: ""},
		{TimeMS: 6, ID: "other", Name: "Bob"},
	}
	got := group(facts)
	ada := got[anon2]
	if ada == nil || ada != got["user_1"] || ada != got[anon1] || ada != got["ada@example.com"] {
		t.Fatalf("not one person: %+v", got)
	}
	if ada.ID != "ada@example.com" || *ada.Name != "Ada L." || *ada.Email != "ada@example.com" {
		t.Errorf("got %+v", ada)
	}
	if want := []string{"ada@example.com", "user_1", anon1, anon2}; !slices.Equal(ada.DistinctIDs, want) {
		t.Errorf("ids %q, want %q", ada.DistinctIDs, want)
	}
	if bob := got["other"]; bob == ada || *bob.Name != "Bob" || bob.Email != nil {
		t.Errorf("got %+v", bob)
	}
	if who := got.of("nobody known"); who.ID != "nobody known" || who.Name != nil {
		t.Errorf("got %+v", who)
	}
	if got.of("") != nil {
		t.Error("no id is nobody")
	}
}

func TestGroupNamesAnIdentifiedUUIDBeforeAnAnonymousOne(t *testing.T) {
	const anonymous, identified = "01a2074c-cbdb-742b-81ae-84d39340ccb6", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
	if got := group([]model.Identity{{ID: identified, OtherID: anonymous}}); got[anonymous].ID != identified {
		t.Errorf("got %+v", got[anonymous])
	}
}

// chain is a store in which every id is joined with the next one. It counts how often it is asked.
type chain struct {
	Store
	length, asked int
}

func (c *chain) Identities(_ context.Context, _ string, ids []string) ([]model.Identity, error) {
	c.asked++
	var out []model.Identity
	for i := range c.length {
		f := model.Identity{TimeMS: int64(i), ID: fmt.Sprint("u", i), OtherID: fmt.Sprint("u", i+1)}
		if slices.Contains(ids, f.ID) || slices.Contains(ids, f.OtherID) {
			out = append(out, f)
		}
	}
	return out, nil
}

func TestFollowIsBounded(t *testing.T) {
	long := &chain{length: 1000}
	known, err := New(Options{Store: long}).peopleOf(t.Context(), scope, []string{"u0", "u0", ""})
	if err != nil || long.asked != maxHops || len(known) != maxHops+1 {
		t.Errorf("asked %d times, %d ids, error %v", long.asked, len(known), err)
	}
	short := &chain{length: 2}
	if known, err = New(Options{Store: short}).peopleOf(t.Context(), scope, []string{"u1"}); err != nil || len(known) != 3 || short.asked != 2 {
		t.Errorf("asked %d times, %d ids, error %v", short.asked, len(known), err)
	}
	if _, err := New(Options{Store: &chain{}}).peopleOf(t.Context(), scope, nil); err != nil {
		t.Error(err)
	}
}

// crowd is a store in which everybody is joined with one id, as happens when an application identifies all of its guests as "guest".
type crowd struct{ Store }

func (crowd) Identities(_ context.Context, _ string, ids []string) ([]model.Identity, error) {
	var out []model.Identity
	for i := range 3 * maxPersonIDs {
		if id := fmt.Sprint("anon", i); slices.Contains(ids, "guest") || slices.Contains(ids, id) {
			out = append(out, model.Identity{TimeMS: int64(i), ID: "guest", OtherID: id})
		}
	}
	return out, nil
}

func (crowd) FindPeople(context.Context, string, string, int) ([]string, error) { return nil, nil }

func TestCrowdIsBounded(t *testing.T) {
	ids, err := New(Options{Store: crowd{}}).idsOf(t.Context(), scope, "guest")
	if err != nil || len(ids) != maxPersonIDs {
		t.Errorf("%d ids, error %v", len(ids), err)
	}
}
