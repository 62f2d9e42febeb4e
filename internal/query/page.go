package query

import "strings"

// PageRequest asks for a page of what belongs to one trace or session.
type PageRequest struct {
	// Limit is how many are wanted: MaxLimit when zero, at most MaxLimit.
	Limit int
	// Cursor is the Next of the page before.
	Cursor string
}

// position is where a page of something begins: after the row with this id, which was the n-th one. Rows may come and go
// between two pages, so that the id counts where it is still there.
type position struct {
	n  int
	id string
}

// narrow checks r. of is the id of the trace or session whose pages these are.
func (r PageRequest) narrow(kind listKind, of string) (after position, limit int, err error) {
	switch limit = r.Limit; {
	case limit == 0:
		limit = MaxLimit
	case limit < 0 || limit > MaxLimit:
		return after, 0, badInput("limit", "limit must be between 1 and %d; read further rows with the cursor in \"next\".", MaxLimit)
	}
	if r.Cursor == "" {
		return after, limit, nil
	}
	n, id, err := parseCursor(kind, r.Cursor)
	if err != nil {
		return after, 0, err
	}
	row, of2, ok := strings.Cut(id, " ") // ids of rows are uuids
	if !ok || of2 != of || n < 0 || n > 1<<31 {
		return after, 0, badCursor()
	}
	return position{int(n), row}, limit, nil
}

// pageOf makes a page of rows, all of which were read: limit of them after a position, as many as fit into so many bytes.
func pageOf[R, V any](rows []R, after position, limit, bytes int, kind listKind, of string, id func(*R) string, view func([]R) ([]V, error)) (List[V], error) {
	from := 0
	if after.id != "" {
		from = min(after.n, len(rows))
		for i := range rows {
			if id(&rows[i]) == after.id {
				from = i + 1
				break
			}
		}
	}
	page := rows[from:min(len(rows), from+limit)]
	items, err := view(page)
	if err != nil {
		return List[V]{}, err
	}
	out := List[V]{Items: items[:fitting(items, bytes)]}
	if n := from + len(out.Items); n < len(rows) {
		out.Next = text(formatCursor(kind, int64(n), id(&rows[n-1])+" "+of))
	}
	return out, nil
}
