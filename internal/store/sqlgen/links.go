package sqlgen

import (
	"slices"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
)

// linkColumns are the columns of links that fields are.
var linkColumns = map[string]string{"link": "state", "link_method": "method"}

func isLink(f filter.Field) bool { return linkColumns[f.Name] != "" }

// linksName says that the persons of a list are those that stored links name, too.
func (b *builder) linksName(f filter.Field) bool {
	return f.Name == "person" && b.s.Of.LinksName()
}

// links are the rows of links of what is listed: those of generations, or of traces as a whole.
func (b *builder) links() string { return b.d.from("links", "l") + b.linksWhere() }

func (b *builder) linksWhere() string {
	where := " WHERE l.project = " + b.bind(b.s.Project) + " AND l.rules = " + b.bind(int64(model.LinkRules)) + " AND l.uuid "
	if b.s.Of == filter.Generations {
		where += "<> " + b.bind(uuid.Nil)
		if b.s.ActiveFromMS != 0 {
			where += " AND l.time_ms >= " + b.bind(b.s.ActiveFromMS) // the time of a generation's link is the generation's
		}
	} else {
		where += "= " + b.bind(uuid.Nil)
		if b.s.Only != nil {
			where += " AND " + b.d.inList("l.trace_id", b.bind(b.s.Only))
		}
	}
	if b.s.Events != nil {
		where += " AND l.received_ms >= " + b.bind(b.s.Events.FromMS)
	}
	return where
}

// linked joins rows with their links, under the alias linked.
func (b *builder) linked() string {
	id, of := "l.uuid", "e.uuid"
	if b.s.Of == filter.Traces {
		id, of = "l.trace_id", "e.id"
	}
	person, renamed := b.renamed("l.person")
	return " " + b.d.join + " (SELECT " + id + " AS linked_id, l.state AS state, l.method AS method, " + person + " AS person FROM " +
		b.d.from("links", "l") + renamed + b.linksWhere() + ") AS linked ON linked.linked_id = " + of
}

// personAs are the ids of what a stored link says a person of, as a condition wants them: of events, or of traces as a whole.
func (b *builder) personAs(c filter.Cond) string {
	id := "l.uuid"
	if b.s.Of == filter.Traces {
		id = "l.trace_id"
	}
	return "SELECT " + id + " FROM " + b.links() + " AND " + b.condition(c, "l.person", column{has: hasText})
}

// linkedPerson is who a stored link says was there, of an event whose own distinct id names nobody, or of a trace. "" is nobody.
func (b *builder) linkedPerson() string {
	if !slices.Contains(b.joins, linkJoin) {
		b.joins = append(b.joins, linkJoin)
	}
	return "coalesce(linked.person, '')"
}

// linkedAs selects columns of the links of the traces whose link is as a condition says, where stored links tell: "" where they do not,
// because what has none yet is pending.
func (b *builder) linkedAs(c filter.Cond, columns string) string {
	if !isLink(c.Field) || b.s.Of != filter.Traces || c.Op != filter.Equal ||
		slices.ContainsFunc(c.Values, func(v filter.Value) bool { return v.Pattern || v.Text == "pending" }) {
		return ""
	}
	return "SELECT " + columns + " FROM " + b.links() + " AND " + b.condition(c, "l."+linkColumns[c.Field.Name], column{has: hasText})
}
