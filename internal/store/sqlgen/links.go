package sqlgen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// linkColumns are the columns of links, by field.
var linkColumns = map[string]string{"link": "state", "link_method": "method", "link_reason": "reason", "confidence": "confidence"}

func isLink(f filter.Field) bool { return linkColumns[f.Name] != "" }

// linksName reports whether stored links can also name the persons of a list.
func (b *builder) linksName(f filter.Field) bool {
	return f.Name == "person" && b.s.Of.LinksName()
}

// links are the rows of links of the list's rows: of generations, or of whole traces.
func (b *builder) links() string { return b.linksFrom() + b.linksWhere() }

// shortMS is the longest range of time for which an engine looks only at the links in it, see Dialect.latest.
const shortMS = 6 * 3_600_000

// linksFrom is the table of links. A question about generations of a short time needs only links of this time: all copies of a generation's link have
// its start.
func (b *builder) linksFrom() string {
	from, to, _ := filter.Range(b.s.Where)
	if b.d.latest == nil || b.s.Of != filter.Generations || from == 0 || to-from > shortMS || to < from {
		return b.d.from("links", "l")
	}
	return b.d.latest("links", "l", "l.project = "+b.bind(b.s.Project)+b.begunIn("l.start_ms"), "l.project, l.trace_id, l.uuid")
}

func (b *builder) linksWhere() string { return b.derivedWhere("l", model.LinkRules) }

// derivedWhere selects, under an alias, the derived rows of given rules for the list's rows: of generations, or of whole traces.
func (b *builder) derivedWhere(alias string, rules int64) string {
	where := " WHERE " + alias + ".project = " + b.bind(b.s.Project) + " AND " + alias + ".rules = " + b.bind(rules) + " AND " + alias + ".uuid "
	if b.s.Of == filter.Generations {
		where += "<> " + b.bind(uuid.Nil)
		if b.s.ActiveFromMS != 0 {
			where += " AND " + alias + ".time_ms >= " + b.bind(b.s.ActiveFromMS) // a row derived from a generation has the generation's time
		}
		if b.s.ActiveToMS != 0 {
			where += " AND " + alias + ".time_ms <= " + b.bind(b.s.ActiveToMS)
		}
	} else {
		where += "= " + b.bind(uuid.Nil)
		if b.s.Only != nil {
			where += " AND " + b.d.inList(alias+".trace_id", b.bind(b.s.Only))
		}
	}
	if b.s.Events != nil {
		where += " AND " + alias + ".received_ms >= " + b.bind(b.s.Events.FromMS)
	}
	return where
}

// joinLinks joins rows with their links.
func (b *builder) joinLinks() {
	if !slices.Contains(b.joins, linkJoin) {
		b.joins = append(b.joins, linkJoin)
	}
}

// linked joins rows with their links, under the alias linked. Few links name a person, so if only persons are needed, the other links are left out:
// for a million generations joining all takes 150 ms, and joining these 20.
func (b *builder) linked() string {
	id, of := "l.uuid", "e.uuid"
	if b.s.Of == filter.Traces {
		id, of = "l.trace_id", "e.id"
	}
	columns, renamed, named := id+" AS linked_id", "", ""
	if b.linkStates {
		columns += ", l.state AS state, l.method AS method, l.reason AS reason, l.confidence AS confidence"
	}
	if b.linkPersons {
		var person string
		person, renamed = b.renamed("l.person")
		columns += ", " + person + " AS person"
		if !b.linkStates {
			named = " AND l.person <> ''" + b.rareLinks(func() string { return "person <> ''" })
		}
	}
	if terms := b.fewLinks("l."); terms != "" {
		named += " AND " + terms + b.rareLinks(func() string { return b.fewLinks("") })
	}
	if _, _, only := filter.Range(b.s.Where); only && b.s.Of == filter.Generations {
		named += b.begunIn("l.start_ms") // a generation's link has its start
	}
	return " " + b.d.join + " (SELECT " + columns + " FROM " + b.linksFrom() + renamed + b.linksWhere() + named + ") AS linked ON linked.linked_id = " + of
}

// personAs are the ids of events, or of whole traces, whose stored link names a person that meets a condition.
func (b *builder) personAs(c filter.Cond) string {
	id := "l.uuid"
	if b.s.Of == filter.Traces {
		id = "l.trace_id"
	}
	return "SELECT " + id + " FROM " + b.links() + " AND " + b.condition(c, "l.person", column{has: hasText}) + b.rareLinks(func() string { return b.condition(c, "person", column{has: hasText}) })
}

// rareLinks is a further term for links that speeds up finding those that meet a condition, if there are few, see Dialect.rare. ClickHouse merges the
// copies of all links before it applies other terms: for a million generations that took 235 ms of processor time, and 10 with this term. where binds
// values, so it is called only if there is a term.
func (b *builder) rareLinks(where func() string) string {
	if b.d.rareLinks == nil {
		return ""
	}
	return " AND " + b.d.rareLinks("l", b.bind(b.s.Project), where())
}

// linkedPerson is the person in the stored link, for an event whose own distinct id names nobody, or for a trace. "" means nobody.
func (b *builder) linkedPerson() string {
	b.joinLinks()
	b.linkPersons = true
	return "coalesce(linked.person, '')"
}

// linkedAs selects columns of the links of traces whose link meets a condition, if stored links decide it. It is "" if they do not, because a trace
// without a stored link is pending.
func (b *builder) linkedAs(c filter.Cond, columns string) string {
	if b.s.Of != filter.Traces || !linkSays(c) {
		return ""
	}
	return "SELECT " + columns + " FROM " + b.links() + " AND " + b.condition(c, "l."+linkColumns[c.Field.Name], column{has: hasText})
}

// CountLinks counts the stored copies of links that meet the terms about links which all generations of a question must meet, up to a limit. It
// returns false if there are no such terms.
func CountLinks(d *Dialect, q store.Question, limit int) (Statement, bool) {
	b := newBuilder(d, Scope{Question: q, FewLinks: true})
	terms := b.fewLinks("")
	if terms == "" {
		return Statement{}, false
	}
	return b.statement("SELECT " + d.ints("count(*)") + " FROM (SELECT 1 FROM links WHERE project = " + b.bind(q.Project) + " AND " + terms + " LIMIT " + b.bind(int64(limit)) + ") AS l"), true
}

// fewLinks are the terms about links which all generations must meet, about links with that prefix of their columns, if few links meet them, see
// Scope.FewLinks; otherwise "".
func (b *builder) fewLinks(prefix string) string {
	if !b.s.FewLinks || b.s.Of != filter.Generations {
		return ""
	}
	var terms []string
	for _, x := range conjuncts(b.s.Where) {
		if c, ok := x.(filter.Cond); ok && linkSays(c) {
			terms = append(terms, b.condition(c, prefix+linkColumns[c.Field.Name], column{has: hasText}))
		}
	}
	return strings.Join(terms, " AND ")
}

// OfLinks reports whether a measure depends only on the links of generations, and the question restricts only when they began, which their links also
// contain. LinkSum then counts links, instead of joining a million rows with a million.
func OfLinks(q store.Question, m filter.Measure) bool {
	if _, _, only := filter.Range(q.Where); !only || q.Of != filter.Generations || m.Name != "count" || m.Only == nil {
		return false
	}
	for _, x := range conjuncts(m.Only) {
		if c, ok := x.(filter.Cond); !ok || !linkSays(c) {
			return false
		}
	}
	return true
}

// linkSays reports whether stored links decide a condition: a row without a link is pending, and meets no other condition.
func linkSays(c filter.Cond) bool {
	return isLink(c.Field) && c.Field.Type == filter.Choice && c.Op == filter.Equal && !slices.ContainsFunc(c.Values, func(v filter.Value) bool { return v.Pattern || v.Text == "pending" })
}

// LinkSum is Sum for measures that depend only on links, grouped by time or by nothing.
func LinkSum(d *Dialect, s Scope, sum filter.Sum, span filter.Span) Statement {
	b := newBuilder(d, s)
	var selected []string
	group := ""
	for _, g := range sum.By {
		selected, group = append(selected, b.bucket("l.start_ms", g.Step, span)+" AS k0"), " GROUP BY k0"
	}
	for i, m := range sum.Measures {
		var terms []string
		for _, x := range conjuncts(m.Only) {
			c := x.(filter.Cond)
			terms = append(terms, b.condition(c, "l."+linkColumns[c.Field.Name], column{has: hasText}))
		}
		selected = append(selected, d.ints(d.countIf(strings.Join(terms, " AND ")))+" AS m"+fmt.Sprint(i))
	}
	return b.statement("SELECT " + strings.Join(selected, ", ") + " FROM " + b.linksBegun() + group)
}

// linksBegun are the links of generations that began in the question's range of time.
func (b *builder) linksBegun() string { return b.links() + b.begunIn("l.start_ms") }

// begunIn is the condition that a time is in that range.
func (b *builder) begunIn(at string) (terms string) {
	fromMS, toMS, _ := filter.Range(b.s.Where)
	if fromMS != 0 {
		terms += " AND " + at + " >= " + b.bind(fromMS)
	}
	if toMS != 0 {
		terms += " AND " + at + " < " + b.bind(toMS)
	}
	return terms
}

// linkValues counts the values of a field of links over generations of a question that restricts only when they began. It selects values, and numbers
// of generations under c, which must be added up by value. Generations without a link are pending.
func (b *builder) linkValues(f filter.Field) string {
	counted := func(value, n, from string) string {
		return "SELECT " + value + " AS value, " + b.d.ints(n) + " AS c FROM " + from
	}
	if f.Name != "link" {
		return counted("l."+linkColumns[f.Name], "count(*)", b.linksBegun()+" AND l."+linkColumns[f.Name]+" <> ''") + " GROUP BY value"
	}
	return counted(linkState("l.state"), "count(*)", b.linksBegun()) + " GROUP BY value UNION ALL " +
		counted("'pending'", "-count(*)", b.linksBegun()) + " UNION ALL " +
		counted("'pending'", "count(*)", b.d.from("events", "e")+" WHERE e.project = "+b.bind(b.s.Project)+" AND "+calls+b.begunIn("e.start_ms"))
}
