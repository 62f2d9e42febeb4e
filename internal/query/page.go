package query

import "strings"

// PageRequest asks for a page of the data of one trace or session.
type PageRequest struct {
	// Limit is the number of rows wanted: MaxLimit when zero, at most MaxLimit.
	Limit int
	// Cursor is the Next of the previous page.
	Cursor string
}

// position is where a page begins: after the row with this id, which was the n-th one. Rows may be added or deleted between two pages, so the id
// determines the position as long as the row exists.
type position struct {
	n  int
	id string
}

// in is the index of the first row after the position, among a number of rows.
func (p position) in(rows int, id func(int) string) int {
	if p.id == "" {
		return 0
	}
	for i := range rows {
		if id(i) == p.id {
			return i + 1
		}
	}
	return min(p.n, rows)
}

// narrow checks r. of is the id of the trace or session.
func (r PageRequest) narrow(kind listKind, of string) (after position, limit int, err error) {
	if limit, err = rowsWanted(r.Limit, MaxLimit); err != nil || r.Cursor == "" {
		return after, limit, err
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

// rowsWanted is how many rows a page has: the requested number, or usual if that is 0.
func rowsWanted(limit, usual int) (int, error) {
	switch {
	case limit == 0:
		return usual, nil
	case limit < 0 || limit > MaxLimit:
		return 0, badInput("limit", "limit must be between 1 and %d; read further rows with the cursor in \"next\".", MaxLimit)
	}
	return limit, nil
}

// pageOf makes a page from all rows: up to limit rows after a position, as far as they fit into a number of bytes.
func pageOf[R, V any](rows []R, after position, limit, bytes int, kind listKind, of string, id func(*R) string, view func([]R) ([]V, error)) (List[V], error) {
	from := after.in(len(rows), func(i int) string { return id(&rows[i]) })
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
