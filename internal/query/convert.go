package query

import (
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// text is s, or null when empty.
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// instantView is a time, or null when not known.
func instantView(ms int64) *int64 {
	if ms == 0 {
		return nil
	}
	return &ms
}

// count is a number of tokens, or null when not reported.
func count(n int64) *int64 {
	if n < 0 {
		return nil
	}
	return &n
}

// seconds is a duration, or null when not known.
func seconds(ms float64) *float64 {
	if ms < 0 {
		return nil
	}
	s := ms / 1000
	return &s
}

func tokensView(t model.Tokens) Tokens {
	some := func(n int64) *int64 {
		if n <= 0 {
			return nil
		}
		return &n
	}
	v := Tokens{
		Input: count(t.Input), Output: count(t.Output), Total: count(t.Total), CacheRead: count(t.CacheRead),
		CacheWrite: count(t.CacheWrite), Reasoning: count(t.Reasoning), CacheWrite1h: some(t.CacheWrite1h), CacheReadAudio: some(t.CacheReadAudio),
		AudioInput: some(t.InputAudio), AudioOutput: some(t.OutputAudio), ImageInput: some(t.InputImage), ImageOutput: some(t.OutputImage),
	}
	if t.CacheWrite1h > 0 {
		v.CacheWrite5m = count(max(0, t.CacheWrite-t.CacheWrite1h))
	}
	return v
}

// list makes a page from rows, of which there is one more than the limit if there is a next page, and from their positions. It ends early if the
// answer is full.
func list[R, V any](kind listKind, r ListRequest, p store.Part, rows []R, positions []store.Position, searched *store.Searched, total *store.Counted, view func(*R) V) List[V] {
	out := List[V]{Items: make([]V, 0, min(len(rows), p.Limit))}
	if total != nil {
		out.Total, out.TotalToMS = &total.Rows, searchedTo(total.Searched)
	}
	for i := range shown(rows, p.Limit) {
		out.Items = append(out.Items, view(&rows[i]))
	}
	if n := fitting(out.Items, listBytes); n < len(rows) {
		out.Items, out.Next = out.Items[:n], text(formatPosition(kind, r.Sort, positions[n-1]))
	} else if searched != nil {
		out.SearchedToMS, out.SearchedShare = searchedTo(searched), &searched.Share
		if searched.Next != nil {
			out.Next = text(formatPosition(kind, r.Sort, *searched.Next))
		}
	}
	return out
}

// searchedTo is how far back text was searched, nil if all of it was.
func searchedTo(s *store.Searched) *int64 {
	if s == nil {
		return nil
	}
	return &s.ToMS
}

// shown is the part of rows that a page shows, without the one past the limit.
func shown[R any](rows []R, limit int) []R { return rows[:min(len(rows), limit)] }

// inOrder returns the rows in the order and with the positions in which they were found. Rows that were deleted meanwhile are left out.
func inOrder[R any](found []store.Found, rows []R, id func(*R) string) ([]R, []store.Position) {
	byID := make(map[string]*R, len(rows))
	for i := range rows {
		byID[id(&rows[i])] = &rows[i]
	}
	var out []R
	var positions []store.Position
	for _, f := range found {
		if r := byID[f.ID]; r != nil {
			out, positions = append(out, *r), append(positions, f.Position)
		}
	}
	return out, positions
}
