package sqlgen

import (
	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/store"
)

// Read implements store.Lists for both engines. edge is about the time of the event with which as many events before a time as the part's limit begin,
// 0 or less if there are fewer; ask runs a statement.
//
// The newest rows first are read by ranges of time, so that only rows in the range are joined and sorted with all of their values. In another order
// each part needs a pass over all rows.
func Read(d *Dialect, q store.Question, p store.Part, fields []filter.Field, edge func(beforeMS int64) (int64, error),
	ask func(s Statement, scan func(func(to ...any) error) error) error) (page store.Page, err error) {
	s := Scope{Question: q}
	ranged := p.Sort.Field.Name == "" && p.Sort.Descending
	if ranged {
		before := int64(0)
		if p.After != nil {
			s.ActiveToMS, before = p.After.Number, p.After.Number
			if p.After.ID == uuid.Nil.String() { // nothing of this time is left
				before--
			}
		}
		from, err := edge(before)
		if err != nil {
			return page, err
		}
		if from > 0 && (p.After == nil || from < p.After.Number) {
			s.ActiveFromMS = from
		}
		p.Limit *= 2 // only if very many rows have the same time
	}
	err = ask(Rows(d, s, p, fields...), func(scan func(to ...any) error) error {
		found, cells, err := ScanRow(q.Of, fields, scan)
		page.Rows, page.Values = append(page.Rows, found), append(page.Values, cells)
		return err
	})
	switch {
	case err != nil:
		return store.Page{}, err
	case len(page.Rows) == p.Limit:
		page.Next = &page.Rows[p.Limit-1].Position
	case s.ActiveFromMS != 0:
		page.Next = &store.Position{ID: uuid.Nil.String(), Number: s.ActiveFromMS}
	}
	return page, nil
}
