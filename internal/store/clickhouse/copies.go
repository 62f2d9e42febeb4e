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

// copied is an event as it is stored, possibly several times.
type copied struct {
	model.Event
	version uint64
}

// queryCopies runs a query that selects event_columns and a version.
func queryCopies(ctx context.Context, conn driver.Conn, name string, v values) ([]copied, error) {
	var all []copied
	s := scan(table.Events)
	var version uint64
	err := query(ctx, conn, name, v, func(rows driver.Rows) error {
		e, err := s.next(rows, &version)
		all = append(all, copied{e, version})
		return err
	})
	return all, err
}

// once removes duplicates from the rows of one project: it keeps the one committed first, like FINAL and LIMIT 1 BY. All copies must be in the list.
func once(all []copied) []model.Event {
	at := make(map[uuid.UUID]int, len(all))
	var events []model.Event
	var versions []uint64
	for i := range all {
		c := &all[i]
		switch first, twice := at[c.UUID]; {
		case !twice:
			at[c.UUID] = len(events)
			events, versions = append(events, c.Event), append(versions, c.version)
		case c.version > versions[first]:
			events[first], versions[first] = c.Event, c.version
		}
	}
	return events
}

// fewEvents reads the events of the traces with fewer rows than limit, in no order, and returns the ids of the others, of which it reads nothing.
// Copies of rows count towards the limit, so that all events of a trace are certainly read.
func fewEvents(ctx context.Context, conn driver.Conn, project string, traceIDs []string, limit int) (events []model.Event, many []string, err error) {
	all, err := queryCopies(ctx, conn, "trace_events_few", values{"project": project, "trace_ids": traceIDs, "limit": uint64(limit)})
	if err != nil {
		return nil, nil, err
	}
	rows := make(map[string]int, len(traceIDs))
	for i := range all {
		rows[all[i].TraceID]++
	}
	for id, n := range rows {
		if n >= limit {
			many = append(many, id)
		}
	}
	if len(many) > 0 {
		all = slices.DeleteFunc(all, func(c copied) bool { return rows[c.TraceID] >= limit })
	}
	return once(all), many, nil
}

// byStart is the order of a trace's events.
func byStart(a, b model.Event) int {
	return cmp.Or(cmp.Compare(a.StartMS, b.StartMS), bytes.Compare(a.UUID[:], b.UUID[:]))
}

// byTime is the order of a session's events.
func byTime(a, b model.Event) int {
	return cmp.Or(cmp.Compare(a.TimeMS, b.TimeMS), bytes.Compare(a.UUID[:], b.UUID[:]))
}
