package sqlgen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/table"
)

// Scope is what every statement of a list is made for.
type Scope struct {
	store.Question
	// Only, when not nil, are the traces or sessions that are looked at.
	Only []string
	// AtOnce has terms decided of all rows of Only at once: those that have what a term looks for are not looked for first.
	AtOnce bool
	// Many says that many traces or sessions may be left whatever terms say.
	Many bool
	// Events and Blocks say when those of Only were received, where that is known. Nil is always.
	Events, Blocks *Received
	// ActiveFromMS narrows to what was active at that time or later; 0 is everything.
	ActiveFromMS int64
	// ContentsFromMS is when the oldest event was that may match: contents before are not looked at. 0 is all.
	ContentsFromMS int64
	// Much says that terms about few different values leave many rows, see Share: one pass over all decides them sooner than a look for what they
	// leave and then at that. Of a million events with a model that a quarter has, traces take 104 ms of processor time instead of 176.
	Much bool
	// Texts says in which events a search finds something, in whichever of their texts, as a subquery of uuids in which values are bound
	// by bind; "" is in none. Nil looks at the texts themselves.
	Texts func(s filter.Search, bind func(any) string) string
}

// Few says that what terms leave of a list's traces or sessions is few as a rule: those named, those active lately, or those that began
// between two times. Of generations none are looked for by ids.
func (s Scope) Few() bool {
	began := 0
	for _, x := range conjuncts(s.Where) {
		if c, ok := x.(filter.Cond); ok && c.Field.Name == "start" {
			began++
		}
	}
	return s.Of.Events() || !s.Many && (s.Only != nil || s.ActiveFromMS != 0 || began > 1 || filter.Narrow(s.Where))
}

// Received is a range of received_ms, both bounds included.
type Received struct{ FromMS, ToMS int64 }

// Bound is a value under the name that a statement gives it: string, []string, int64, float64 or uuid.UUID.
type Bound struct {
	Name  string
	Value any
}

// Statement is SQL and the values that it binds.
type Statement struct {
	SQL    string
	Values []Bound
}

// Args are the values as a driver takes them, each made by named. Text is as it is stored.
func Args[T any](s Statement, named func(name string, value any) T) []any {
	args := make([]any, len(s.Values))
	for i, v := range s.Values {
		switch value := v.Value.(type) {
		case string:
			args[i] = named(v.Name, table.Clean(value))
		case []string:
			clean := make([]string, len(value))
			for n := range value {
				clean[n] = table.Clean(value[n])
			}
			args[i] = named(v.Name, clean)
		default:
			args[i] = named(v.Name, value)
		}
	}
	return args
}

// builder makes one statement.
type builder struct {
	d      *Dialect
	s      Scope
	values []Bound
	// rows and groups are the columns of the two inner levels, by their text: what is computed of one event, and of a group of them.
	rows, groups *columns
	joins        []string
	// among are subqueries of ids: traces or sessions that are not in all of them are not looked at.
	among []string
}

// columns are expressions with the aliases that stand for them one level up.
type columns struct {
	prefix string
	texts  []string
	index  map[string]int
}

func newColumns(prefix string) *columns { return &columns{prefix: prefix, index: map[string]int{}} }

// as is the alias of an expression.
func (c *columns) as(text string) string {
	i, known := c.index[text]
	if !known {
		i = len(c.texts)
		c.index[text] = i
		c.texts = append(c.texts, text)
	}
	return fmt.Sprint(c.prefix, i)
}

func (c *columns) list() string {
	var b strings.Builder
	for i, text := range c.texts {
		fmt.Fprintf(&b, ", %s AS %s%d", text, c.prefix, i)
	}
	return b.String()
}

func newBuilder(d *Dialect, s Scope) *builder {
	return &builder{d: d, s: s, rows: newColumns("c"), groups: newColumns("g")}
}

// bind makes a value part of the statement.
func (b *builder) bind(value any) string {
	name := fmt.Sprint("v", len(b.values))
	b.values = append(b.values, Bound{name, value})
	return b.d.bound(name, value)
}

func (b *builder) statement(sql string) Statement { return Statement{sql, b.values} }

// column is what a field is, with the name of a custom property bound.
func (b *builder) column(f filter.Field) column {
	c := b.d.columnOf(b.s.Of, f)
	if name, ok := strings.CutPrefix(f.Name, filter.Property); ok {
		c.event = b.d.property("e.properties", b.bind(name))
	}
	if c.event == "" && c.group == "" {
		panic("sqlgen: " + string(b.s.Of) + " have no column for " + f.Name) // a mistake of the program: the catalogue test finds it
	}
	if c.said && !slices.Contains(b.joins, feedbackJoin) {
		b.joins = append(b.joins, feedbackJoin)
	}
	if isLink(f) && !slices.Contains(b.joins, linkJoin) {
		b.joins = append(b.joins, linkJoin)
	}
	return c
}

// These stand for the joins with what was said of each trace, and with the links of generations or traces.
const (
	feedbackJoin = "feedback"
	linkJoin     = "link"
)

func (b *builder) join(name string) string {
	switch name {
	case feedbackJoin:
	case linkJoin:
		return b.linked()
	default:
		return name
	}
	from := b.d.from("events", "e")
	return " " + b.d.join + " (SELECT e.trace_id AS trace, " + b.d.values("nullif("+feedbackText+", '')") + " AS texts, " +
		b.d.values("CASE WHEN e.scored THEN e.score END") + " AS scores FROM " + from +
		" WHERE e.project = " + b.bind(b.s.Project) + " AND " + opinions + " AND e.trace_id <> '' GROUP BY e.trace_id) AS said ON said.trace = e.trace_id"
}

// grouped says whether rows of the list are made of several events.
func (b *builder) grouped() bool { return !b.s.Of.Events() }

// matching writes what of an expression is left to be decided when rows are selected. Of traces and sessions, which have the values of
// all their rows, terms that must hold are looked for among the rows first, each among those of the term before, and all of them among
// what was active: an index may find them, and what does not have them is not summed up.
func (b *builder) matching(e filter.Expr) string {
	if !b.grouped() {
		return b.where(e)
	}
	if b.s.AtOnce {
		return b.where(e)
	}
	if b.s.ActiveFromMS != 0 {
		b.among = []string{b.active()}
	}
	rest := filter.And{}
	began := filter.And{}
	for _, x := range conjuncts(e) {
		row := ""
		switch x := x.(type) {
		case filter.Search:
			row = b.search(x)
		case filter.Cond:
			if ids := b.linkedAs(x, "l.trace_id"); ids != "" {
				b.among = append(b.among, ids)
				continue
			}
			if b.linksName(x.Field) {
				c := b.column(x.Field)
				b.among = append(b.among, b.having(b.condition(x, c.event, c))+" UNION ALL "+b.personAs(x))
				continue
			}
			switch c := b.column(x.Field); {
			case c.group == "" && !(b.s.Much && ofFew(x)):
				row = b.holds(x, c)
			case failed(x):
				row = "e.is_error"
			case x.Field.Name == "start":
				began = append(began, x)
			}
		}
		if row == "" {
			rest = append(rest, x)
			continue
		}
		b.narrow(row)
	}
	if len(began) > 1 {
		b.narrow(b.began(began)...)
	}
	return b.where(rest)
}

// ofFew says that a term is about one of few different values, which an index would not help to find.
func ofFew(c filter.Cond) bool { return table.Events.Hint(textColumn(c.Field.Name))&table.Few != 0 }

// Share selects which share of all events, 0 to 1, have what the terms of a list of traces or sessions say that are about few different values;
// false when there are no such terms, or they are asked of few rows anyway. It takes a twentieth of looking for what they leave.
func Share(d *Dialect, s Scope) (Statement, bool) {
	b := newBuilder(d, s)
	if !b.grouped() || s.Few() {
		return Statement{}, false
	}
	var terms []string
	for _, x := range conjuncts(s.Where) {
		if c, ok := x.(filter.Cond); ok && ofFew(c) {
			col := b.column(c.Field)
			terms = append(terms, b.condition(c, col.event, col))
		}
	}
	if len(terms) == 0 {
		return Statement{}, false
	}
	share := "avg(CASE WHEN " + strings.Join(terms, " AND ") + " THEN 1 ELSE 0 END)"
	return b.statement("SELECT " + d.floats("coalesce("+share+", 0)") + " FROM " + d.from("events", "e") + " WHERE e.project = " + b.bind(s.Project)), true
}

// narrow leaves traces or sessions out that have no row for which one of the conditions holds. They are looked for one by one, because an
// index finds what one says and not what any says.
func (b *builder) narrow(rows ...string) {
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = b.having(row)
	}
	b.among = []string{strings.Join(ids, " UNION ALL ")}
}

// having selects the ids of traces or sessions that have a row for which a condition holds.
func (b *builder) having(row string) string {
	return "SELECT e.id FROM (" + b.base(row, b.among...) + ") AS e WHERE " + row
}

// began holds for a row of what began as conditions say: a trace begins when the first of its nodes does, or where it has none with its
// first event, and a session with the first of its rows. It is worth looking for when it leaves most out, as a range with two ends does as a
// rule: looking for it among a million events takes 109 ms of processor time when a twelfth is left, and 515 when all is, which summing
// up all takes 150 for.
func (b *builder) began(all filter.And) []string {
	at := func(x string) string {
		parts := make([]string, len(all))
		for i, c := range all {
			parts[i] = b.condition(c.(filter.Cond), x, column{})
		}
		return strings.Join(parts, " AND ")
	}
	if b.s.Of == filter.Sessions {
		return []string{at("e.first_ms")}
	}
	return []string{at("e.start_ms") + " AND " + nodes, at("e.time_ms") + " AND NOT (" + nodes + ")"}
}

// conjuncts are the terms that all must hold.
func conjuncts(e filter.Expr) []filter.Expr {
	and, ok := e.(filter.And)
	if !ok {
		return []filter.Expr{e}
	}
	var all []filter.Expr
	for _, x := range and {
		all = append(all, conjuncts(x)...)
	}
	return all
}

// where writes an expression. Of a generation it speaks of event e, of a trace or session of the columns of its group.
func (b *builder) where(e filter.Expr) string {
	join := func(all []filter.Expr, between, none string) string {
		if len(all) == 0 {
			return none
		}
		parts := make([]string, len(all))
		for i, x := range all {
			parts[i] = b.where(x)
		}
		return "(" + strings.Join(parts, between) + ")"
	}
	switch e := e.(type) {
	case filter.And:
		return join(e, " AND ", "TRUE")
	case filter.Or:
		return join(e, " OR ", "FALSE")
	case filter.Not:
		return "NOT (" + b.where(e.Expr) + ")"
	case filter.Cond:
		c := b.column(e.Field)
		if b.grouped() && c.group != "" {
			return b.condition(e, b.groups.as(c.group), c)
		}
		own := b.any(b.holds(e, c))
		switch {
		case !b.linksName(e.Field):
			return own
		case b.grouped():
			return "(" + own + " OR " + b.d.in("id", b.personAs(e)) + ")"
		}
		return "(" + own + " OR NOT (" + replaced(c.has, c.event) + ") AND " + b.d.in("e.uuid", b.personAs(e)) + ")"
	case filter.Search:
		return b.any(b.search(e))
	}
	panic(fmt.Sprintf("sqlgen: %T is no expression", e))
}

// any makes a condition on an event one on what the list has.
func (b *builder) any(condition string) string {
	if !b.grouped() {
		return "(" + condition + ")"
	}
	row := b.rows.as("CASE WHEN " + condition + " THEN 1 ELSE 0 END")
	return b.groups.as("max(e."+row+")") + " = 1"
}

// holds says that one of the values that an event has of a column is as a condition says.
func (b *builder) holds(e filter.Cond, c column) string {
	if c.list {
		return b.d.anyOf(c.event, func(x string) string { return b.condition(e, x, c) })
	}
	return b.condition(e, c.event, c)
}

// condition compares x.
func (b *builder) condition(c filter.Cond, x string, col column) string {
	has := ""
	if col.has != "" {
		has = strings.ReplaceAll(col.has, "%", x)
	}
	if c.Op == filter.Has {
		if has == "" {
			return "TRUE"
		}
		return has
	}
	var any []string
	var equal []string // texts that are compared whole
	for _, v := range c.Values {
		switch c.Field.Type {
		case filter.Text, filter.Choice:
			if !v.Pattern {
				equal = append(equal, v.Text)
				continue
			}
			any = append(any, b.d.like(x, v, b.bind))
		case filter.Number, filter.Duration, filter.Decimal:
			number := x
			if col.scale != "" {
				number = b.d.floats(x) + " / " + col.scale
			}
			any = append(any, number+" "+string(c.Op)+" "+b.bind(v.Number))
		case filter.Time, filter.Bool:
			any = append(any, x+" "+string(c.Op)+" "+b.bind(v.Int))
		}
	}
	switch {
	case len(equal) > 8: // persons have up to thousands of ids
		any = append(any, b.d.inList(x, b.bind(equal)))
	case len(equal) > 0:
		for _, text := range equal {
			any = append(any, x+" = "+b.bind(text))
		}
	}
	if len(any) == 0 {
		return "FALSE"
	}
	all := strings.Join(any, " OR ")
	if len(any) > 1 {
		all = "(" + all + ")"
	}
	if has == "" {
		return all
	}
	return has + " AND " + all
}

// search looks for text in one event.
func (b *builder) search(s filter.Search) string {
	if b.s.Texts != nil {
		if found := b.s.Texts(s, b.bind); found != "" {
			return "e.uuid IN (" + found + ")"
		}
		return "FALSE"
	}
	find := b.finder(s, false, b.bind)
	found := []string{}
	for _, x := range []string{"e.title", "e.error", "e.metric_value"} {
		found = append(found, x+" <> '' AND "+find(x))
	}
	return "(" + strings.Join(found, " OR ") + " OR e.uuid IN (" + b.contents(s, b.bind) + "))"
}

// finder makes of a text's column whether a search finds something in it.
func (b *builder) finder(s filter.Search, json bool, bind func(any) string) func(x string) string {
	what, part := b.d.search(s, json, bind), ""
	if p := piece(s); p != "" {
		part = bind(p)
	}
	return func(x string) string {
		one := b.d.finds(x, what)
		if part != "" {
			one = b.d.lowerHas(x, part) + " AND " + one
		}
		return one
	}
}

// contents are the uuids of events in whose prompt or answer a search finds something. Events and their contents lie on the same shard.
func (b *builder) contents(s filter.Search, bind func(any) string) string {
	find := b.finder(s, true, bind)
	from := ""
	if b.s.ContentsFromMS != 0 {
		from = " AND c.time_ms >= " + bind(b.s.ContentsFromMS)
	}
	return "SELECT c.uuid FROM contents AS c WHERE c.project = " + bind(b.s.Project) + from + " AND ((" + find("c.input") + ") OR (" + find("c.output") + "))"
}

// kinds are the numbers of model.Kind.
var kinds = map[string]int{"generation": 1, "embedding": 2, "span": 3, "trace": 4, "metric": 5, "feedback": 6, "evaluation": 7, "note": 8}

func numbersOf(kindsOf []string) string {
	numbers := make([]string, len(kindsOf))
	for i, k := range kindsOf {
		numbers[i] = fmt.Sprint(kinds[k])
	}
	return strings.Join(numbers, ", ")
}

// source is what is selected from: for generations their events, for traces and sessions a row for each. It has the columns id, latest
// (the latest activity, Unix milliseconds), ordered, by which ids are ordered, and those that b.groups has, under their aliases. Rows
// for which where does not hold are left out.
func (b *builder) source(where string, kindsOf []string) string {
	if !b.grouped() {
		active := ""
		if b.s.ActiveFromMS != 0 {
			active = " AND e.time_ms >= " + b.bind(b.s.ActiveFromMS)
		}
		return "SELECT " + b.d.uuidText("e.uuid") + " AS id, e.time_ms AS latest, " + b.d.uuidOrder("e.uuid") + " AS ordered" + b.groups.list() +
			" FROM " + b.d.from("events", "e") + b.joined() + " WHERE e.project = " + b.bind(b.s.Project) + " AND e.kind IN (" + numbersOf(kindsOf) + ")" +
			b.received("e", b.s.Events) + active + " AND " + where
	}
	links := ""
	if slices.Contains(b.joins, linkJoin) {
		links = ", linked.state AS link_state, linked.method AS link_method"
	}
	joined := b.joined()
	uses := "e.time_ms" + b.groups.list() + b.rows.list() + joined
	names := "e.id"
	for _, c := range b.d.used(b.s.Of, uses) {
		names += ", e." + c.name
	}
	from := "SELECT " + names + b.rows.list() + links + " FROM (" + b.base(uses, b.among...) + ") AS e" + joined
	grouped := "SELECT e.id AS id, max(e.time_ms) AS latest, e.id AS ordered" + b.groups.list() + " FROM (" + from + ") AS e GROUP BY e.id"
	return "SELECT * FROM (" + grouped + ") AS r WHERE " + where
}

// idColumns are the ids of the lists each of whose rows is made of the events that have one in common.
var idColumns = map[filter.Of]string{filter.Traces: "trace_id", filter.Conversations: "conversation_id"}

// base are the rows of traces, conversations or sessions, those alone whose ids are in all of the subqueries, with those columns that an expression over
// e uses: an engine plans for each column that is named at each level, and ClickHouse takes longer for all of them than for reading a page.
func (b *builder) base(uses string, among ...string) string {
	within := func(id string) string {
		all := ""
		if b.s.Only != nil {
			all = " AND " + b.d.inList(id, b.bind(b.s.Only))
		}
		for _, ids := range among {
			all += " AND " + b.d.in(id, ids)
		}
		return all
	}
	project := b.bind(b.s.Project)
	var events, blocks string
	for _, c := range b.d.used(b.s.Of, uses) {
		events, blocks = events+", "+c.event+" AS "+c.name, blocks+", "+c.block+" AS "+c.name
	}
	column, ofOne := idColumns[b.s.Of]
	if !ofOne {
		column = "session_id"
	}
	id := "e." + column
	ofEvents := "SELECT " + id + " AS id" + events + " FROM " + b.d.from("events", "e") +
		" WHERE e.project = " + project + " AND " + id + " <> ''" + b.received("e", b.s.Events) + within(id)
	if ofOne {
		return ofEvents
	}
	return ofEvents + " UNION ALL SELECT b.session_id AS id" + blocks + " FROM " + b.d.from("blocks", "b") +
		" WHERE b.project = " + project + " AND b.session_id <> ''" + b.received("b", b.s.Blocks) + within("b.session_id")
}

// active selects the ids of what was active since ActiveFromMS.
func (b *builder) active() string {
	from, project := b.bind(b.s.ActiveFromMS), b.bind(b.s.Project)
	if id, ok := idColumns[b.s.Of]; ok {
		return "SELECT " + id + " AS id FROM events WHERE project = " + project + " AND " + id + " <> '' AND time_ms >= " + from
	}
	return "SELECT session_id AS id FROM events WHERE project = " + project + " AND session_id <> '' AND time_ms >= " + from +
		" UNION ALL SELECT session_id AS id FROM blocks WHERE project = " + project + " AND session_id <> '' AND last_ms >= " + from
}

func (b *builder) joined() string {
	text := ""
	for _, j := range b.joins {
		text += b.join(j)
	}
	return text
}

func (b *builder) received(alias string, r *Received) string {
	if r == nil {
		return ""
	}
	return " AND " + alias + ".received_ms >= " + b.bind(r.FromMS) + " AND " + alias + ".received_ms <= " + b.bind(r.ToMS)
}
