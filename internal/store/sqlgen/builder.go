package sqlgen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/table"
)

// Scope has what every statement of a list needs to know.
type Scope struct {
	store.Question
	// Only, if not nil, are the traces or sessions that are read.
	Only []string
	// AtOnce means that terms are evaluated for all rows of Only together, instead of first looking up the ids with a matching row.
	AtOnce bool
	// Many means that many traces or sessions may remain, whatever terms require.
	Many bool
	// FewLinks means that few links meet the terms about links which all generations must meet. Generations are then looked up by their uuids first,
	// and only these links are joined.
	FewLinks bool
	// Events and Blocks return the ranges of time in which those of Only were received, if known. nil means any time.
	Events, Blocks *Received
	// ActiveFromMS restricts the list to rows that were active at that time or later; 0 means no limit.
	ActiveFromMS int64
	// ActiveToMS restricts a list of events to rows until that time, included; 0 means no limit.
	ActiveToMS int64
	// ContentsFromMS is the time of the oldest event that can match: earlier contents are not read. 0 means no limit.
	ContentsFromMS int64
	// Much means that terms about fields with few distinct values leave many rows, see Share. One pass over all rows is then faster than finding the
	// remaining ones and reading these. For a model of a quarter of a million events, a list of traces takes 104 ms of processor time instead of 176.
	Much bool
	// Texts returns the events whose texts match a search, as a subquery of uuids with values bound by bind; "" means none. If Texts is nil, the
	// statement reads the texts itself.
	Texts func(s filter.Search, bind func(any) string) string
}

// Few reports whether terms usually leave few of a list's traces or sessions: named ones, recently active ones, or those that began between two
// times. It is false for generations, which are not found by ids.
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

// Bound is a value with its name in the statement: string, []string, int64, float64 or uuid.UUID.
type Bound struct {
	Name  string
	Value any
}

// Statement is SQL and the values that it binds.
type Statement struct {
	SQL    string
	Values []Bound
}

// Args are the values in the form that a driver accepts, each made by named. Texts have their stored form.
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
	// rows and groups are the columns of the two inner levels, by their SQL: columns of one event, and of a group of events.
	rows, groups *columns
	joins        []string
	// linkStates and linkPersons say which values of the joined links are needed.
	linkStates, linkPersons bool
	// felt are the fields whose values come from joined experiences.
	felt []string
	// among are subqueries of ids: only traces or sessions in all of them are read.
	among []string
}

// columns are expressions with their aliases one level up.
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

// bind binds a value and returns its reference in the statement.
func (b *builder) bind(value any) string {
	name := fmt.Sprint("v", len(b.values))
	b.values = append(b.values, Bound{name, value})
	return b.d.bound(name, value)
}

func (b *builder) statement(sql string) Statement { return Statement{sql, b.values} }

// column returns a field's column. The name of a custom property is bound.
func (b *builder) column(f filter.Field) column {
	c := b.d.columnOf(b.s.Of, f)
	if name, ok := strings.CutPrefix(f.Name, filter.Property); ok {
		c.event = b.d.property("e.properties", b.bind(name))
	}
	if c.event == "" && c.group == "" {
		panic("sqlgen: " + string(b.s.Of) + " have no column for " + f.Name) // a mistake of the program: the catalogue's test finds it
	}
	if c.said && !slices.Contains(b.joins, feedbackJoin) {
		b.joins = append(b.joins, feedbackJoin)
	}
	if isLink(f) {
		b.joinLinks()
		b.linkStates = true
	}
	if Experienced(b.s.Of, f) {
		b.joinExperiences(f)
	}
	return c
}

// These placeholders stand for the joins with the feedback about each trace, and with the links and experiences of generations or traces.
const (
	feedbackJoin = "feedback"
	linkJoin     = "link"
	feltJoin     = "felt"
)

func (b *builder) join(name string) string {
	switch name {
	case feedbackJoin:
	case linkJoin:
		return b.linked()
	case feltJoin:
		return b.feltRows()
	default:
		return name
	}
	from := b.d.from("events", "e")
	return " " + b.d.join + " (SELECT e.trace_id AS trace, " + b.d.values("nullif("+feedbackText+", '')") + " AS texts, " +
		b.d.values("CASE WHEN e.scored THEN e.score END") + " AS scores FROM " + from +
		" WHERE e.project = " + b.bind(b.s.Project) + " AND " + opinions + " AND e.trace_id <> '' GROUP BY e.trace_id) AS said ON said.trace = e.trace_id"
}

// grouped reports whether rows of the list summarise several events.
func (b *builder) grouped() bool { return !b.s.Of.Events() }

// matching returns the part of an expression that must be evaluated when rows are selected. Traces and sessions have the values of all of their rows.
// Terms that must match are therefore first looked up among the rows, each among the results of the previous term, beginning with active ids: an
// index may help, and only the results are summed up.
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
			ids := b.linkedAs(x, "l.trace_id")
			if ids == "" {
				ids = b.experiencedAs(x, "f.trace_id")
			}
			if ids != "" {
				b.among = append(b.among, ids)
				continue
			}
			if b.linksName(x.Field) {
				c := b.column(x.Field)
				b.among = append(b.among, b.having(b.condition(x, c.event, c))+" UNION ALL "+b.personAs(x))
				continue
			}
			switch c := b.column(x.Field); {
			case c.group == "" && !(b.s.Much && b.ofFew(x)):
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

// ofFew reports whether a term is about a field of events with few distinct values, for which an index does not help.
func (b *builder) ofFew(c filter.Cond) bool {
	return !Experienced(b.s.Of, c.Field) && table.Events.Hint(textColumn(c.Field.Name))&table.Few != 0
}

// Share selects the share of all events, 0 to 1, that match the terms about fields with few distinct values of a list of traces or sessions. It
// returns false if there are no such terms, or if they are applied to few rows anyway. This takes a twentieth of the time for finding the matching
// rows.
func Share(d *Dialect, s Scope) (Statement, bool) {
	b := newBuilder(d, s)
	if !b.grouped() || s.Few() {
		return Statement{}, false
	}
	var terms []string
	for _, x := range conjuncts(s.Where) {
		if c, ok := x.(filter.Cond); ok && b.ofFew(c) {
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

// narrow excludes traces or sessions that have no row for one of the conditions. Each condition is a separate lookup, because an index can find rows
// for one condition but not for a combination.
func (b *builder) narrow(rows ...string) {
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = b.having(row)
	}
	b.among = []string{strings.Join(ids, " UNION ALL ")}
}

// having selects the ids of traces or sessions with a row that meets a condition.
func (b *builder) having(row string) string {
	return "SELECT e.id FROM (" + b.base(row, b.among...) + ") AS e WHERE " + row
}

// began tests the first row of a trace or session against conditions on its start: a trace begins with the first of its nodes, or without nodes with
// its first event; a session begins with its first row. This helps if it excludes most rows, as a range with two ends usually does. Among a million
// events it takes 109 ms of processor time if a twelfth is left, and 515 if everything is left; summing up everything takes 150.
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

// conjuncts are the terms that must all match.
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

// where writes an expression: for generations about event e, for traces and sessions about the columns of the group.
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

// any converts a condition on an event to a condition on a row of the list.
func (b *builder) any(condition string) string {
	if !b.grouped() {
		return "(" + condition + ")"
	}
	row := b.rows.as("CASE WHEN " + condition + " THEN 1 ELSE 0 END")
	return b.groups.as("max(e."+row+")") + " = 1"
}

// holds is the condition that one of an event's values in a column meets a condition.
func (b *builder) holds(e filter.Cond, c column) string {
	if c.bits != "" {
		if e.Op == filter.Has {
			return c.bits + " <> 0"
		}
		var kinds []string
		for _, v := range e.Values {
			kinds = append(kinds, v.Text)
		}
		return b.d.bitAnd(c.bits, b.bind(model.SignalBits(kinds...))) + " <> 0"
	}
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
	var equal []string // texts that are compared as a whole
	for _, v := range c.Values {
		switch c.Field.Type {
		case filter.Text, filter.Choice:
			if v.Search != nil {
				any = append(any, x+" <> '' AND "+b.finder(*v.Search, false, b.bind)(x))
				continue
			}
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
	case len(equal) > 8 && col.list:
		any = append(any, b.d.contains(b.bind(equal), x))
	case len(equal) > 8: // persons may have thousands of ids
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

// search is the condition that a search matches the texts of one event.
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

// finder is a condition on a text column: whether a search matches its text.
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

// contents are the uuids of events whose prompt or answer matches a search. Events and their contents are on the same shard.
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

// commonKinds is the largest number of the kinds of which there may be as many events as requests.
const commonKinds = 4

func numbersOf(kindsOf []string) string {
	numbers := make([]string, len(kindsOf))
	for i, k := range kindsOf {
		numbers[i] = fmt.Sprint(kinds[k])
	}
	return strings.Join(numbers, ", ")
}

// source is the subquery to select from: one row for each generation, trace or session. It has the columns id, latest (the latest activity, Unix
// milliseconds), ordered (the value by which ids are sorted), and those of b.groups under their aliases. Rows that do not match where are left out.
func (b *builder) source(where string, kindsOf []string) string {
	if !b.grouped() {
		active := ""
		if b.s.ActiveFromMS != 0 {
			active = " AND e.time_ms >= " + b.bind(b.s.ActiveFromMS)
		}
		if b.s.ActiveToMS != 0 {
			active += " AND e.time_ms <= " + b.bind(b.s.ActiveToMS)
		}
		if b.d.rare != nil && !slices.ContainsFunc(kindsOf, func(k string) bool { return kinds[k] <= commonKinds }) {
			active += " AND " + b.d.rare("e", b.bind(b.s.Project), numbersOf(kindsOf))
		}
		if terms := b.fewLinks(""); terms != "" {
			// In their order, because comparing hundreds of uuids with each bloom filter would take longer.
			active += " AND " + b.d.in(b.d.uuidOrder("e.uuid"), "SELECT "+b.d.uuidOrder("uuid")+" FROM links WHERE project = "+b.bind(b.s.Project)+" AND "+terms)
		}
		selected := "SELECT " + b.d.uuidText("e.uuid") + " AS id, e.time_ms AS latest, " + b.d.uuidOrder("e.uuid") + " AS ordered" + b.groups.list()
		where = " AND e.kind IN (" + numbersOf(kindsOf) + ")" + b.received("e", b.s.Events) + active + " AND " + where
		if from, rewritten, ok := b.ofExperiences(selected, where); ok {
			return rewritten(selected) + " FROM " + from + " WHERE " + rewritten(strings.TrimPrefix(where, " AND "))
		}
		return selected + " FROM " + b.d.from("events", "e") + b.joined() + " WHERE e.project = " + b.bind(b.s.Project) + where
	}
	links := ""
	if b.linkStates {
		links = ", linked.state AS link_state, linked.method AS link_method, linked.reason AS link_reason, linked.confidence AS link_confidence"
	}
	links += b.feltColumns()
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

// idColumns are the id columns of the lists whose rows summarise the events with one id.
var idColumns = map[filter.Of]string{filter.Traces: "trace_id", filter.Conversations: "conversation_id"}

// base are the rows of traces, conversations or sessions whose ids are in all of the subqueries, with only the columns of e that an expression uses:
// an engine's planner needs time for each column at each level, and with all columns ClickHouse takes longer for this than for reading a page.
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
	var events, blocks, activity string
	derived := false
	for _, c := range b.d.used(b.s.Of, uses) {
		events, blocks, activity = events+", "+c.event+" AS "+c.name, blocks+", "+c.block+" AS "+c.name, activity+", "+c.activity+" AS "+c.name
		derived = derived || derivedColumns[c.name]
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
	rows := ofEvents + " UNION ALL SELECT b.session_id AS id" + blocks + " FROM " + b.d.from("blocks", "b") +
		" WHERE b.project = " + project + " AND b.session_id <> ''" + b.received("b", b.s.Blocks) + within("b.session_id")
	if derived {
		rows += " UNION ALL SELECT a.session_id AS id" + activity + " FROM " + b.d.from("activity", "a") + " WHERE a.project = " + project +
			" AND a.rules = " + b.bind(int64(model.ActivityRules)) + " AND a.session_id <> ''" + b.received("a", b.s.Blocks) + within("a.session_id")
	}
	return rows
}

// active selects the ids that have been active since ActiveFromMS.
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
