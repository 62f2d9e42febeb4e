package sqlgen

import (
	"regexp"
	"slices"
	"strings"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/store/table"
)

// column describes a field's column in the tables. Stored values "", 0 or less than 0 mean "unknown", depending on has.
type column struct {
	// event is the value for one event e; for sessions also for one block, which has columns under the names of events.
	event string
	// group computes the single value of a trace or session from its rows e. Without it a trace or session has the values of all of its rows.
	group string
	// sort selects the value by which a list is sorted if there are several; without it the smallest one is used.
	sort string
	// has is the condition that there is a value, with % in place of the column; "" means always.
	has string
	// scale is the divisor of a stored number, 0 means 1. micro means microseconds, which are added up exactly.
	scale string
	// list means that event is a list of values.
	list bool
	// bits has a bit of model.SignalBits for each value of a list of kinds of signals.
	bits string
	// said means that the column belongs to the joined feedback about an event's trace.
	said bool
}

// has
const (
	hasText  = "% <> ''"
	hasCount = "% >= 0"
	hasSome  = "% > 0"
	notZero  = "% <> 0"
	notNull  = "% IS NOT NULL"
)

// The kinds of model.Kind.
const (
	calls        = "e.kind IN (1, 2)"
	nodes        = "e.kind IN (1, 2, 3, 4)"
	opinions     = "e.kind IN (5, 6, 7)"
	kindName     = "CASE e.kind WHEN 1 THEN 'generation' WHEN 2 THEN 'embedding' WHEN 3 THEN 'span' WHEN 4 THEN 'trace' WHEN 8 THEN 'note' ELSE '' END"
	feedbackText = "CASE WHEN e.kind = 6 THEN e.metric_value ELSE '' END"
	opinion      = "CASE e.kind WHEN 5 THEN 'metric' WHEN 6 THEN 'feedback' WHEN 7 THEN 'evaluation' ELSE '' END"
)

// cost is a call's cost, -1 if unknown, and costState its origin: see model.CostState.
const (
	cost      = "CASE WHEN " + calls + " AND e.cost_state IN (1, 2) THEN e.cost_nanos ELSE -1 END"
	costState = "CASE WHEN NOT (" + calls + ") THEN '' WHEN e.cost_state = 1 THEN 'given' WHEN e.cost_state = 2 THEN 'priced' WHEN e.cost_state = 3 THEN 'unpriced' WHEN e.cost_state = 4 THEN 'uncharged' ELSE '' END"
)

// hasOf is the condition that a call has a count, "" if the field is not a count.
func hasOf(field string) string {
	switch field {
	case "input_tokens", "output_tokens", "total_tokens", "cache_read_tokens", "cache_write_tokens", "reasoning_tokens":
		return hasCount
	case "cache_write_1h_tokens", "cache_read_audio_tokens", "audio_input_tokens", "audio_output_tokens", "image_input_tokens", "image_output_tokens", "web_searches":
		return hasSome
	}
	return ""
}

// named is the condition that an event's own distinct id names its person, see link.Named; for an event of a session, that it is not a trace's id.
const (
	named        = "e.distinct_id <> e.trace_id AND NOT (e.personless AND " + calls + ")"
	namedVisitor = "e.distinct_id <> e.trace_id"
)

// anyRow and countRows apply a condition to the rows of a group; largest and smallest are over the rows that meet it.
func anyRow(condition string) string { return "max(CASE WHEN " + condition + " THEN 1 ELSE 0 END)" }
func countRows(condition string) string {
	return "sum(CASE WHEN " + condition + " THEN 1 ELSE 0 END)"
}
func largest(condition, x, otherwise string) string {
	return "max(CASE WHEN " + condition + " THEN " + x + " ELSE " + otherwise + " END)"
}
func smallest(condition, x, otherwise string) string {
	return "min(CASE WHEN " + condition + " THEN " + x + " ELSE " + otherwise + " END)"
}

// added is the sum of the known values over a trace's generations and embeddings, -1 if none is known.
func added(known, x string) string {
	return "coalesce(sum(CASE WHEN " + calls + " AND " + known + " >= 0 THEN " + x + " END), -1)"
}

// rounded rounds halves up, because engines round halves in different ways.
func (d *Dialect) rounded(x string) string { return d.ints("floor(" + x + " + 0.5)") }

// micros is a duration that may be -1.
func (d *Dialect) micros(ms string) string {
	return "CASE WHEN " + ms + " >= 0 THEN " + d.rounded(ms+" * 1000") + " ELSE -1 END"
}

const (
	far  = "9223372036854775807"
	past = "-9223372036854775808"
)

// linkState is the state of the stored link, or the state of rows without one.
func linkState(x string) string { return "coalesce(nullif(" + x + ", ''), 'pending')" }

// columnOf returns the column of a list's field.
func (d *Dialect) columnOf(of filter.Of, f filter.Field) column {
	if c, is := d.experienceColumn(of, f); is {
		return c
	}
	c := d.eventColumn(f.Name)
	switch of {
	case filter.Generations:
		switch f.Name {
		case "feedback":
			return column{event: "coalesce(said.texts, [])", has: hasText, list: true, said: true}
		case "score":
			return column{event: "coalesce(said.scores, [])", list: true, said: true}
		}
	case filter.Feedback:
		switch f.Name {
		case "kind":
			return column{event: opinion, has: hasText}
		case "start":
			return column{event: "e.time_ms"}
		}
	case filter.Traces, filter.Conversations:
		c.group, c.sort = d.ofTrace(f.Name)
		switch f.Name {
		case "latency":
			c.has, c.scale = hasCount, "1000000"
		case "ttft", "duration":
			c.has, c.scale = hasCount, "1000"
		case "start", "turns", "generations", "spans", "errors", "error", "stopped":
			c.has = ""
		}
	case filter.Sessions:
		c.group = d.ofSession(f.Name)
		switch f.Name {
		case "person":
			c.has = "% <> '' AND " + namedVisitor
		case "duration":
			c.has, c.scale = "", "1000"
		case "slowest":
			c.has, c.scale = hasCount, "1000"
		case "start", "clicks", "keys", "windows", "ai_calls", "errors", "recorded", "console_errors", "failed_requests", "rage_clicks", "dead_clicks":
			c.has, c.scale = "", ""
		}
	}
	return c
}

// eventColumn returns the column of a field of one event.
func (d *Dialect) eventColumn(name string) column {
	if strings.HasPrefix(name, filter.Property) {
		return column{event: "", has: hasText} // see builder.column: its name is bound
	}
	switch name {
	case "kind":
		return column{event: kindName, has: hasText}
	case "link":
		return column{event: "CASE WHEN " + calls + " THEN " + linkState("linked.state") + " ELSE '' END", has: hasText}
	case "link_method":
		return column{event: "CASE WHEN " + calls + " THEN coalesce(linked.method, '') ELSE '' END", has: hasText}
	case "link_reason":
		return column{event: "CASE WHEN " + calls + " THEN coalesce(linked.reason, '') ELSE '' END", has: hasText}
	case "confidence":
		return column{event: "CASE WHEN " + calls + " THEN coalesce(linked.confidence, 0) ELSE 0 END", has: hasSome}
	case "latency":
		return column{event: "e.latency_ms", has: hasCount, scale: "1000"}
	case "ttft":
		return column{event: "e.first_token_ms", has: hasCount, scale: "1000"}
	case "error":
		return column{event: "CASE WHEN e.is_error THEN 1 ELSE 0 END"}
	case "stopped":
		return column{event: "CASE WHEN e.stopped THEN 1 ELSE 0 END"}
	case "start":
		return column{event: "e.start_ms"}
	case "status":
		return column{event: "e.http_status", has: notZero}
	case "person":
		return column{event: "e.distinct_id", has: "% <> '' AND " + named}
	case "feedback":
		return column{event: feedbackText, has: hasText}
	case "score":
		return column{event: "e.score", has: "e.scored"}
	case "tool":
		return column{event: d.lines("e.tools"), has: hasText, list: true}
	case "page", "clicked": // of sessions, see rowColumns
		return column{event: "e." + name, has: hasText}
	case "name":
		return column{event: "CASE WHEN " + nodes + " THEN e.title ELSE '' END", has: hasText}
	case "cost":
		return column{event: cost, has: hasCount, scale: "1000000000"}
	case "cost_state":
		return column{event: costState, has: hasText}
	case "tokens_per_s":
		rate := "CASE WHEN " + calls + " AND e.output_tokens >= 0 AND e.latency_ms > 0 THEN " + d.rounded(d.floats("e.output_tokens")+" * 1000000 / e.latency_ms") + " ELSE -1 END"
		return column{event: rate, has: hasCount, scale: "1000"}
	}
	if has := hasOf(name); has != "" {
		return column{event: "e." + name, has: has}
	}
	c := textColumn(name)
	if c == "" {
		return column{}
	}
	return column{event: "e." + c, has: hasText}
}

// otherNames are the columns of text fields whose name differs from the field's.
var otherNames = map[string]string{
	"error_text": "error", "stop": "stop_reason", "trace": "trace_id", "conversation": "conversation_id", "session": "session_id", "window": "window_id",
	"metric": "metric_name", "value": "metric_value", "about": "parent_id",
}

// textColumn is the column of a text field, "" if there is none.
func textColumn(field string) string {
	name := field
	if other, ok := otherNames[field]; ok {
		name = other
	}
	if t, ok := table.Events.Type(name); !ok || t != table.Text {
		return ""
	}
	return name
}

// ofTrace is the single value of a trace or conversation, or the value of several by which it is sorted.
func (d *Dialect) ofTrace(name string) (group, sort string) {
	start := "CASE WHEN " + anyRow(nodes) + " = 1 THEN " + smallest(nodes, "e.start_ms", far) + " ELSE min(e.time_ms) END"
	end := "CASE WHEN " + anyRow(nodes) + " = 1 THEN " +
		largest(nodes, "e.start_ms + CASE WHEN e.latency_ms > 0 THEN "+d.rounded("e.latency_ms")+" ELSE 0 END", past) + " ELSE max(e.time_ms) END"
	switch name {
	case "latency":
		return added("e.latency_ms", d.rounded("e.latency_ms * 1000")), ""
	case "ttft":
		return largest(calls, "e.first_token_ms", "-1"), ""
	case "cost":
		return added(cost, cost), ""
	case "error":
		return anyRow("e.is_error"), ""
	case "stopped":
		return anyRow("e.stopped"), ""
	case "start":
		return start, ""
	case "duration":
		return "(" + end + ") - (" + start + ")", ""
	case "turns":
		return d.uniq("CASE WHEN " + nodes + " THEN nullif(e.trace_id, '') END"), ""
	case "generations":
		return countRows(calls), ""
	case "spans":
		return countRows("e.kind = 3"), ""
	case "errors":
		// A failed trace counts as one error together with its failed calls, not as one more.
		return "CASE WHEN " + countRows("e.is_error AND e.kind <> 4") + " > 0 THEN " + countRows("e.is_error AND e.kind <> 4") + " ELSE " + anyRow("e.is_error") + " END", ""
	case "name":
		return "", d.title()
	case "link":
		return "max(" + linkState("e.link_state") + ")", ""
	case "link_method":
		return "max(coalesce(e.link_method, ''))", ""
	case "link_reason":
		return "max(coalesce(e.link_reason, ''))", ""
	case "confidence":
		return "max(coalesce(e.link_confidence, 0))", ""
	}
	if has := hasOf(name); has != "" {
		return "coalesce(sum(CASE WHEN " + calls + " AND " + replaced(has, "e."+name) + " THEN e." + name + " END), -1)", ""
	}
	return "", ""
}

// title is the name of a trace in lists: that of an explicit trace, or of its root, or of the first event with a name.
func (d *Dialect) title() string {
	rank := "CASE WHEN e.title = '' OR NOT " + nodes + " THEN 3 WHEN e.kind = 4 THEN 0 WHEN e.parent_id = '' OR e.parent_id = e.trace_id THEN 1 ELSE 2 END"
	return d.firstBy("CASE WHEN "+nodes+" THEN e.title ELSE '' END", rank, "e.start_ms", d.uuidOrder("e.uuid"))
}

// ofSession is the single value of a session.
func (d *Dialect) ofSession(name string) string {
	switch name {
	case "start":
		return "min(e.first_ms)"
	case "duration":
		return "max(e.time_ms) - min(e.first_ms)"
	case "clicks", "keys", "console_errors", "failed_requests", "rage_clicks", "dead_clicks":
		return "sum(e." + name + ")"
	case "windows":
		// If the session is recorded, the recorded tabs count; otherwise those that sent events.
		return "CASE WHEN " + anyRow("e.recorded = 1") + " = 1 THEN " + d.uniq("CASE WHEN e.recorded = 1 THEN e.window_id END") +
			" ELSE " + d.uniq("CASE WHEN e.window_id <> '' THEN e.window_id END") + " END"
	case "cost":
		return "coalesce(sum(CASE WHEN " + cost + " >= 0 THEN e.cost_nanos END), -1)"
	case "input_tokens", "output_tokens", "total_tokens":
		return added("e."+name, "e."+name)
	case "slowest":
		return largest(calls, "e.latency_ms", "-1")
	case "ai_calls":
		return countRows(calls)
	case "errors":
		return countRows(calls + " AND e.is_error")
	case "recorded":
		return anyRow("e.recorded = 1")
	}
	return ""
}

// rowColumn is a column of the rows over which traces or sessions are summed up: its value for an event, for a block, and for a row of activity.
type rowColumn struct{ name, event, block, activity string }

// rowColumns are the columns of a list. Traces are summed up over their events. Sessions are summed up over their events, their blocks (with columns
// under the names of events) and their activity. Events and blocks have a column for each text field, which is empty for blocks without it. For
// activity only derivedColumns have values; the others are set so that activity changes nothing.
func (d *Dialect) rowColumns(of filter.Of) []rowColumn {
	var all []rowColumn
	if _, ofOne := idColumns[of]; ofOne {
		for _, c := range table.Events.Columns {
			all = append(all, rowColumn{c.Name, "e." + c.Name, "", ""})
		}
		return all
	}
	all = []rowColumn{
		{"uuid", "e.uuid", "b.uuid", "a.uuid"}, {"kind", "e.kind", "0", "0"},
		// The time of a block is within the session anyway.
		{"time_ms", "e.time_ms", "b.last_ms", "a.time_ms"}, {"first_ms", "e.time_ms", "b.first_ms", "a.time_ms"}, {"recorded", "0", "1", "0"},
		{"is_error", "e.is_error", "FALSE", "FALSE"}, {"distinct_id", "e.distinct_id", "b.distinct_id", "''"}, {"properties", "e.properties", d.noMap, d.noMap},
		{"title", "e.title", "''", "''"}, {"error", "e.error", "''", "''"}, {"metric_value", "e.metric_value", "''", "''"}, // columns that a search reads
		{"clicks", "0", "b.clicks", "0"}, {"keys", "0", "b.keys", "0"}, {"console_errors", "0", "b.console_errors", "0"},
		{"cost_state", "e.cost_state", "0", "0"}, {"cost_nanos", "e.cost_nanos", "0", "0"},
		{"input_tokens", "e.input_tokens", "-1", "-1"}, {"output_tokens", "e.output_tokens", "-1", "-1"}, {"total_tokens", "e.total_tokens", "-1", "-1"},
		{"latency_ms", "e.latency_ms", "-1", "-1"}, {"score", "e.score", "0", "0"}, {"scored", "e.scored", "FALSE", "FALSE"},
		{"page", "e.url", "b.url", "CASE WHEN a.kind = 'navigation' THEN a.label ELSE '' END"},
		{"clicked", "''", "''", "CASE WHEN a.kind = 'click' THEN a.label ELSE '' END"},
		{"failed_requests", "0", "0", "CASE WHEN a.kind = 'request' AND a.failed THEN 1 ELSE 0 END"},
		{"rage_clicks", "0", "0", "CASE WHEN a.rage THEN 1 ELSE 0 END"}, {"dead_clicks", "0", "0", "CASE WHEN a.dead THEN 1 ELSE 0 END"},
	}
	for _, f := range filter.Fields(filter.Sessions) {
		name := textColumn(f.Name)
		if name == "" {
			continue
		}
		block, activity := "''", "''"
		if _, ok := table.Blocks.Type(name); ok {
			block = "b." + name
		}
		if name == "session_id" {
			activity = "a.session_id"
		}
		all = append(all, rowColumn{name, "e." + name, block, activity})
	}
	return all
}

// derivedColumns are the columns with values in rows of activity. If a query uses none of them, activity is not read.
var derivedColumns = map[string]bool{"page": true, "clicked": true, "failed_requests": true, "rage_clicks": true, "dead_clicks": true}

var rowNames = regexp.MustCompile(`\be\.([a-z_0-9]+)`)

// namesOf are the names of the columns of rows e that an expression uses, sorted, each once.
func namesOf(expression string) (names []string) {
	for _, m := range rowNames.FindAllStringSubmatch(expression, -1) {
		names = append(names, m[1])
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// used are the columns of rows e that an expression uses, each once.
func (d *Dialect) used(of filter.Of, expression string) (all []rowColumn) {
	named := namesOf(expression)
	for _, c := range d.rowColumns(of) {
		if slices.Contains(named, c.name) {
			all = append(all, c)
		}
	}
	return all
}
