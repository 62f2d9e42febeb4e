package sqlgen

import (
	"slices"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/store"
)

// Candidates are statements each of which selects, by one term that all of what matches has, what may match: terms that name a trace, a
// session or a person come first. Rows are ids of traces or sessions, or "" for each generation, and when that was which has what the
// term looks for, Unix milliseconds; in no order, at most limit.
//
// Rows are looked at as they are stored, some of them several times, and no more columns of them than the term needs, so that an engine
// may find them in whatever order it keeps them. So not all candidates match, but all that match are among them; only generations are
// missing whose person a link alone names. There are none of conversations and feedback.
func Candidates(d *Dialect, q store.Question, limit int) (all []Statement) {
	if q.Of == filter.Conversations || q.Of == filter.Feedback {
		return nil
	}
	stored := *d
	stored.from = func(table, alias string) string { return table + " AS " + alias }
	terms := conjuncts(q.Where)
	slices.SortStableFunc(terms, func(a, b filter.Expr) int { return rank(a) - rank(b) })
	for _, x := range terms {
		b := newBuilder(&stored, Scope{Question: q})
		if from := b.candidates(x); from != "" {
			all = append(all, b.statement("SELECT id, latest FROM ("+from+") AS r LIMIT "+b.bind(int64(limit))))
		}
	}
	return all
}

func rank(e filter.Expr) int {
	if filter.Narrow(e) {
		return 0
	}
	return 1
}

// candidates selects those of one term, "" where its rows alone do not tell.
func (b *builder) candidates(e filter.Expr) string {
	c, ok := e.(filter.Cond)
	if !ok {
		return ""
	}
	if linked := b.linkedAs(c, "l.trace_id AS id, l.time_ms AS latest"); linked != "" {
		return linked
	}
	col := b.column(c.Field)
	if len(b.joins) > 0 {
		return ""
	}
	row := ""
	switch {
	case filter.Narrow(c):
		row = b.condition(c, col.event, column{}) // whether it counts depends on more columns, see named
	case col.group == "" || !b.grouped():
		row = b.condition(c, col.event, col)
	case failed(c):
		row = "e.is_error"
	default:
		return ""
	}
	if !b.grouped() {
		return "SELECT '' AS id, e.time_ms AS latest FROM " + b.d.from("events", "e") + " WHERE e.project = " + b.bind(b.s.Project) +
			" AND e.kind IN (" + numbersOf(filter.Kinds(b.s.Of, b.s.Where)) + ") AND " + row
	}
	rows := "SELECT e.id AS id, e.time_ms AS latest FROM (" + b.base(row+" e.time_ms") + ") AS e WHERE " + row
	if b.linksName(c.Field) {
		if !filter.Narrow(c) {
			return "" // a link may name who is meant by a pattern, too
		}
		rows += " UNION ALL SELECT l.trace_id AS id, l.time_ms AS latest FROM " + b.links() + " AND " + b.condition(c, "l.person", column{})
	}
	return rows
}

// failed says whether a condition asks for what failed.
func failed(c filter.Cond) bool {
	return c.Field.Name == "error" && slices.Equal(c.Values, []filter.Value{{Int: 1}})
}

// Active selects those traces or sessions of ids that have a row of that time or a later one.
func Active(d *Dialect, q store.Question, ids []string, fromMS int64) Statement {
	b := newBuilder(d, Scope{Question: q, ActiveFromMS: fromMS})
	return b.statement("SELECT DISTINCT id FROM (" + b.active() + ") AS r WHERE " + d.inList("id", b.bind(ids)))
}
