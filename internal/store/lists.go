package store

import (
	"context"
	"errors"
	"time"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
)

// ErrTooMuch: a question needs more memory than one question may have. Asking again changes nothing; asking for less does.
var ErrTooMuch = errors.New("needs too much memory")

// Question is about the rows of a project that match an expression of the query language.
type Question struct {
	Project string
	Of      filter.Of
	// Where names persons by their distinct ids.
	Where filter.Expr
	// People maps distinct ids to the id that their person goes by, where that is another one: persons are grouped and counted by it.
	People map[string]string
}

// Part is a part of a list.
type Part struct {
	Sort filter.Sort
	// After is where it begins: behind that row. Nil is at the beginning.
	After *Position
	Limit int
	// Patience bounds how long text is searched before the answer says what was found so far; 0 is until there is nothing left to look at.
	Patience time.Duration
}

// Position is where a row stands in a list: its id, and the value of what the list is ordered by.
type Position struct {
	ID string
	// None says that the row has no such value.
	None bool
	// Number is the value of what is no text: whole milliseconds, microseconds of durations, counts, 0 and 1.
	Number int64
	Text   string
}

// Found is a row of a list.
type Found struct {
	Position
	// AtMS is its latest activity.
	AtMS int64
}

// List is what was found of a part.
type List struct {
	Rows []Found
	// Searched is set when not all text was looked at.
	Searched *Searched
}

// IDs are those of rows.
func IDs(found []Found) []string {
	ids := make([]string, len(found))
	for i := range found {
		ids[i] = found[i].ID
	}
	return ids
}

// InOrder are the cells of rows in their order, nil where there are none.
func InOrder(found []Found, byID map[string][]filter.Cell) [][]filter.Cell {
	rows := make([][]filter.Cell, len(found))
	for i := range found {
		rows[i] = byID[found[i].ID]
	}
	return rows
}

// Searched says how far back text was looked at.
type Searched struct {
	// ToMS is a time: of what was active later nothing is missing.
	ToMS int64
	// Share of the project's text is from then or later, 0 to 1.
	Share float64
	// Next is where the list goes on, behind its rows. Nil where it cannot: it is in another order than that of time.
	Next *Position
}

// Counted is how many rows match, and how far back text was looked at, nil for all of it.
type Counted struct {
	Rows     int64
	Searched *Searched
}

// Table is filter.Table, and how far back text was looked at, nil for all of it.
type Table struct {
	filter.Table
	Searched *Searched
}

// Facet is filter.Facet, and how far back text was looked at, nil for all of it.
type Facet struct {
	filter.Facet
	Searched *Searched
}

// Lists answers questions in the query language. Package filtertest says what the answers are.
type Lists interface {
	// Find lists what matches. Generations are named by their events' uuids.
	Find(ctx context.Context, q Question, p Part) (List, error)
	// Count counts what matches.
	Count(ctx context.Context, q Question) (Counted, error)
	// Sum computes measures of what matches. A sum by time is of rows that began within the span.
	Sum(ctx context.Context, q Question, s filter.Sum, span filter.Span) (Table, error)
	// Facet counts the values of a field among what matches when the field's own terms are left out.
	Facet(ctx context.Context, q Question, f filter.Field, limit int) (Facet, error)

	// Values returns the values that rows which Find found have of fields: for each row a cell for each field, which is a list of the values
	// (filter.Many) where rows of that list can have several. A row that is gone meanwhile has none: nil. Of the question, project, list and
	// people count.
	Values(ctx context.Context, q Question, rows []Found, fields []filter.Field) ([][]filter.Cell, error)

	// TracesNamed sums up traces, in the order of ids, and returns their first events by start, at most limit of each.
	TracesNamed(ctx context.Context, project string, ids []string, limit int) ([]model.TraceSummary, []model.Event, error)
	// SessionsNamed sums up sessions, in the order of ids.
	SessionsNamed(ctx context.Context, project string, ids []string) ([]model.SessionSummary, error)
	// EventsNamed returns light rows, in no order.
	EventsNamed(ctx context.Context, keys []model.Key) ([]model.Event, error)
}

// MaxCells is how many groups a sum by time may have, with the empty ones.
const MaxCells = 20_000
