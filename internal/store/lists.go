package store

import (
	"context"
	"errors"
	"time"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
)

// ErrTooMuch: a query needs more memory than allowed. Repeating it does not help; a smaller query does.
var ErrTooMuch = errors.New("needs too much memory")

// Question selects the rows of a project that match an expression of the query language.
type Question struct {
	Project string
	Of      filter.Of
	// Where names persons by their distinct ids.
	Where filter.Expr
	// People maps distinct ids to the id of their person, if that is a different one. Persons are grouped and counted by it.
	People map[string]string
	// Weights are those of model.ScoreOf, by which reactions are weighed.
	Weights []int64
}

// Part is a part of a list.
type Part struct {
	Sort filter.Sort
	// After is the row after which the part begins; nil means the beginning.
	After *Position
	Limit int
	// Patience is the longest time that text is searched before the rows found so far are returned; 0 means no limit.
	Patience time.Duration
}

// Position is a row's position in a list: its id, and the value by which the list is sorted.
type Position struct {
	ID string
	// None means that the row has no such value.
	None bool
	// Number is a value that is not a text: whole milliseconds, microseconds for durations, counts, or 0 and 1 for booleans.
	Number int64
	Text   string
}

// Found is a row of a list.
type Found struct {
	Position
	// AtMS is the time of its latest activity.
	AtMS int64
}

// List is the result for a part of a list.
type List struct {
	Rows []Found
	// Searched is set if not all text was searched.
	Searched *Searched
}

// IDs are the ids of rows.
func IDs(found []Found) []string {
	ids := make([]string, len(found))
	for i := range found {
		ids[i] = found[i].ID
	}
	return ids
}

// InOrder are the cells of rows, in the order of the rows; nil if there are none.
func InOrder(found []Found, byID map[string][]filter.Cell) [][]filter.Cell {
	rows := make([][]filter.Cell, len(found))
	for i := range found {
		rows[i] = byID[found[i].ID]
	}
	return rows
}

// Page is what Read read.
type Page struct {
	Rows []Found
	// Values are the values of each row.
	Values [][]filter.Cell
	// Next is where the list continues, even if there are no rows; nil is the end.
	Next *Position
}

// Searched says how far back text was searched.
type Searched struct {
	// ToMS is the time down to which the result is complete.
	ToMS int64
	// Share is the share of the project's text that was searched, 0 to 1.
	Share float64
	// Next is where the list continues after its rows. It is nil if it cannot continue, because it is not in order of time.
	Next *Position
}

// Counted is the number of matching rows, and how far back text was searched; nil means all of it.
type Counted struct {
	Rows     int64
	Searched *Searched
}

// Table is filter.Table, and how far back text was searched; nil means all of it.
type Table struct {
	filter.Table
	Searched *Searched
}

// Facet is filter.Facet, and how far back text was searched; nil means all of it.
type Facet struct {
	filter.Facet
	Searched *Searched
}

// Lists answers queries in the query language. Package filtertest defines the answers.
type Lists interface {
	// Find lists the matching rows. The ids of generations are their events' uuids.
	Find(ctx context.Context, q Question, p Part) (List, error)
	// Count counts the matching rows.
	Count(ctx context.Context, q Question) (Counted, error)
	// Sum computes measures of the matching rows. A sum by time covers rows that began within the span. It includes a total if the sum asks for it.
	Sum(ctx context.Context, q Question, s filter.Sum, span filter.Span) (Table, error)
	// Facet counts the values of a field among the rows that match when the field's own terms are left out.
	Facet(ctx context.Context, q Question, f filter.Field, limit int) (Facet, error)

	// Read reads the rows of a part of a list of events with the values of fields, as Values returns them: about as many as the part's limit. It is
	// faster than Find with Values. A question that searches text has no Read.
	Read(ctx context.Context, q Question, p Part, fields []filter.Field) (Page, error)

	// Values returns the values of fields for rows that Find found: for each row a cell for each field, which is a list of values (filter.Many) if
	// rows of that list can have several. A row that was deleted meanwhile has nil. Only the project, the list and the people of the question are
	// used.
	Values(ctx context.Context, q Question, rows []Found, fields []filter.Field) ([][]filter.Cell, error)

	// TracesNamed sums up traces, in the order of ids, and returns their first events by start, at most limit of each.
	TracesNamed(ctx context.Context, project string, ids []string, limit int) ([]model.TraceSummary, []model.Event, error)
	// SessionsNamed sums up sessions, in the order of ids.
	SessionsNamed(ctx context.Context, project string, ids []string) ([]model.SessionSummary, error)
	// EventsNamed returns light rows, in no order.
	EventsNamed(ctx context.Context, keys []model.Key) ([]model.Event, error)
}

// MaxCells is how many groups a sum by time may have, including the empty ones.
const MaxCells = 20_000
