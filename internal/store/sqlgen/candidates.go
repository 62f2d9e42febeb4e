package sqlgen

import (
	"slices"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/store"
)

// Candidates returns statements that each select everything that may match, by one term that all matching rows meet. Terms that name a trace, a
// session or a person come first. Rows are ids of traces or sessions, or "" for each generation, with the time of the row that meets the term in Unix
// milliseconds, in no order, at most limit.
//
// They read rows as they are stored, some of them more than once, and only the columns that the term needs, so that an engine can use its storage
// order. Not all candidates match, but all matching rows are among them, except generations whose person comes only from a link. Conversations and
// feedback have no candidates.
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

// candidates selects the candidates of one term. It returns "" if the rows alone do not decide the term.
func (b *builder) candidates(e filter.Expr) string {
	c, ok := e.(filter.Cond)
	if !ok {
		return ""
	}
	if linked := b.linkedAs(c, "l.trace_id AS id, l.time_ms AS latest"); linked != "" {
		return linked
	}
	if felt := b.experiencedAs(c, "f.trace_id AS id, f.time_ms AS latest"); felt != "" {
		return felt
	}
	col := b.column(c.Field)
	if len(b.joins) > 0 {
		return ""
	}
	row := ""
	switch {
	case filter.Narrow(c):
		row = b.condition(c, col.event, column{}) // the condition needs more columns, see named
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
			return "" // a link may name a person who matches a pattern, too
		}
		rows += " UNION ALL SELECT l.trace_id AS id, l.time_ms AS latest FROM " + b.links() + " AND " + b.condition(c, "l.person", column{})
	}
	return rows
}

// failed reports whether a condition selects failures.
func failed(c filter.Cond) bool {
	return c.Field.Name == "error" && slices.Equal(c.Values, []filter.Value{{Int: 1}})
}

// Active selects those of the traces or sessions that have a row at that time or later.
func Active(d *Dialect, q store.Question, ids []string, fromMS int64) Statement {
	b := newBuilder(d, Scope{Question: q, ActiveFromMS: fromMS})
	return b.statement("SELECT DISTINCT id FROM (" + b.active() + ") AS r WHERE " + d.inList("id", b.bind(ids)))
}
