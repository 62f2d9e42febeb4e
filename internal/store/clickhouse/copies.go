package clickhouse

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store/table"
)

// few is how many events of a trace are read to be summed up in this process. Planning a statement with the sums takes ClickHouse longer than reading
// so many events.
const few = 200

// copied is a row as it is stored, possibly several times.
type copied[T any] struct {
	row     T
	version uint64
}

// queryCopies runs a query that selects the columns of a table and a version.
func queryCopies[T any](ctx context.Context, conn driver.Conn, t *table.Table[T], name string, v values) ([]copied[T], error) {
	var all []copied[T]
	s := scan(t)
	var version uint64
	err := query(ctx, conn, name, v, func(rows driver.Rows) error {
		row, err := s.next(rows, &version)
		all = append(all, copied[T]{row, version})
		return err
	})
	return all, err
}

// once removes duplicates from rows of one project: of those with the same key it keeps the one with the greatest version, like FINAL and LIMIT 1 BY.
// All copies must be in the list.
func once[T any, K comparable](all []copied[T], key func(*T) K) []T {
	at := make(map[K]int, len(all))
	var rows []T
	var versions []uint64
	for i := range all {
		c := &all[i]
		k := key(&c.row)
		switch first, twice := at[k]; {
		case !twice:
			at[k] = len(rows)
			rows, versions = append(rows, c.row), append(versions, c.version)
		case c.version > versions[first]:
			rows[first], versions[first] = c.row, c.version
		}
	}
	return rows
}

// eventKey is the key of an event among those of its project.
func eventKey(e *model.Event) uuid.UUID { return e.UUID }

// fewEvents reads the events of the traces with fewer rows than limit, in no order, and returns the ids of the others, of which it reads nothing.
// Copies of rows count towards the limit, so that all events of a trace are certainly read.
func fewEvents(ctx context.Context, conn driver.Conn, project string, traceIDs []string, limit int) (events []model.Event, many []string, err error) {
	all, err := queryCopies(ctx, conn, table.Events, "trace_events_few", values{"project": project, "trace_ids": traceIDs, "limit": uint64(limit)})
	if err != nil {
		return nil, nil, err
	}
	rows := make(map[string]int, len(traceIDs))
	for i := range all {
		rows[all[i].row.TraceID]++
	}
	for id, n := range rows {
		if n >= limit {
			many = append(many, id)
		}
	}
	if len(many) > 0 {
		all = slices.DeleteFunc(all, func(c copied[model.Event]) bool { return rows[c.row.TraceID] >= limit })
	}
	return once(all, eventKey), many, nil
}

// byStart is the order of a trace's events.
func byStart(a, b model.Event) int {
	return cmp.Or(cmp.Compare(a.StartMS, b.StartMS), bytes.Compare(a.UUID[:], b.UUID[:]))
}

// byTime is the order of a session's events.
func byTime(a, b model.Event) int {
	return cmp.Or(cmp.Compare(a.TimeMS, b.TimeMS), bytes.Compare(a.UUID[:], b.UUID[:]))
}
