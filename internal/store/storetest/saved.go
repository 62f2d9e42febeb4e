package storetest

import (
	"testing"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// saved is the nth row, about a thing.
func saved(n, thing int, kind string, at int64) model.Saved {
	return model.Saved{Project: project, UUID: id(n), ID: id(thing), Kind: kind, AtMS: at, Gone: n%7 == 0, Body: `{"name":"Slow"}`}
}

// testSaved: every row of a kind is returned, oldest first, once, also after the store was opened again.
func testSaved(t *testing.T, f Factory) {
	open := f(t)
	s := open(t)
	first, renamed, other, gone := saved(1, 10, model.SavedView, day), saved(2, 10, model.SavedView, day+5), saved(3, 11, model.SavedView, day+5), saved(7, 11, model.SavedView, day+9)
	renamed.Body = "{\"name\":\"'; -- \x00\\\"}"
	share := saved(4, 12, model.SavedShare, day)
	commit(t, s, &store.Batch{Saved: []model.Saved{gone, renamed, first}})
	commit(t, s, &store.Batch{Saved: []model.Saved{share, other, first, first}})
	check := func(s store.Store) {
		t.Helper()
		said := func(kind string, of uuid.UUID) []model.Saved {
			return must[[]model.Saved](t)(s.Saved(t.Context(), project, kind, of))
		}
		same(t, "views", said(model.SavedView, uuid.Nil), []model.Saved{first, renamed, other, gone})
		same(t, "one view", said(model.SavedView, id(10)), []model.Saved{first, renamed})
		same(t, "shares", said(model.SavedShare, uuid.Nil), []model.Saved{share})
		same(t, "a view by another kind", said(model.SavedShare, id(10)), nil)
		same(t, "of nothing", said(model.SavedView, id(99)), nil)
	}
	check(s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again := open(t)
	defer again.Close()
	changed := first
	changed.Body = "{}"
	commit(t, again, &store.Batch{Saved: []model.Saved{changed}}) // the first row is kept
	check(again)
}
