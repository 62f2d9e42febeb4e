package sqlgen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store/table"
)

// experienceValue is the value of a field of what users experienced, see experienceValues.
func (b *builder) experienceValue(name string) string {
	switch name {
	case "reaction":
		return strings.Replace(experienceValues[name], "f.score", b.score("f.kind_bits"), 1)
	case "reaction_before":
		return strings.Replace(experienceValues[name], "f.previous_score", b.score("f.previous_kinds"), 1)
	}
	return experienceValues[name]
}

// score is model.ScoreOf of a column.
func (b *builder) score(bits string) string {
	sum := "0"
	for i, weight := range b.s.Weights {
		if weight != 0 {
			sum += fmt.Sprintf(" + %d * %s", weight, b.d.bit(bits, i))
		}
	}
	return fmt.Sprintf("greatest(-%d, least(%[1]d, %s)) / %[1]de0", model.WholeScore, sum)
}

// experienceValues are the values of fields of what users experienced, of a row f of experiences: NULL where there is none, kinds a line each.
var experienceValues = map[string]string{
	"seen":           "nullif(f.state, '')",
	"seen.reason":    "nullif(f.reason, '')",
	"asked":          "nullif(f.asked_ms, 0)",
	"perceived_wait": "CASE WHEN f.wait_ms >= 0 THEN f.wait_ms END",
	"smoothness":     "CASE WHEN f.smoothness >= 0 THEN f.smoothness END",
	// Without a recording and without a word of its user nobody knows how an answer was received, which is not the same as no reaction.
	"reaction": "CASE WHEN f.kinds <> '' OR f.state <> '' AND NOT (f.state = '" + model.SeenUnknown + "' AND f.reason IN ('" + strings.Join(model.Unwatched, "', '") +
		"')) THEN f.score END",
	"reaction.kind": "f.kinds",

	"before_request":        "CASE WHEN f.before_request_ms >= 0 THEN f.before_request_ms END",
	"answer_wait":           "CASE WHEN f.answer_wait_ms >= 0 THEN f.answer_wait_ms END",
	"answer_before_request": "CASE WHEN f.first_before_ms >= 0 THEN f.first_before_ms END",
	"unseen_tokens":         "CASE WHEN f.unseen_tokens >= 0 THEN f.unseen_tokens END",
	"answer_ttft":           "CASE WHEN f.first_token_ms >= 0 THEN f.first_token_ms END",
	"answer_latency":        "CASE WHEN f.first_latency_ms >= 0 THEN f.first_latency_ms END",
	"answer_sent":           "CASE WHEN f.first_sent_ms >= 0 THEN f.first_sent_ms END",
	"answer_queue":          "CASE WHEN f.first_queue_ms >= 0 THEN f.first_queue_ms END",
	"answer_arrived":        "CASE WHEN f.first_arrived_ms >= 0 THEN f.first_arrived_ms END",
	"wait_before":           "CASE WHEN f.previous_wait_ms >= 0 THEN f.previous_wait_ms END",
	"country":               "nullif(f.country, '')",
	"visitor":               "nullif(f.visitor, '')",
	"reaction_before":       "CASE WHEN f.previous_wait_ms >= 0 THEN f.previous_score END",
}

// Experienced reports whether the values of a field come from stored experiences, which change when events do not.
func Experienced(of filter.Of, f filter.Field) bool {
	return of.LinksName() && experienceValues[f.Name] != ""
}

// feltAs is the name of a field's value in what is joined.
func feltAs(f string) string { return strings.ReplaceAll(f, ".", "_") }

// experienceColumn is a column of generations or traces, "" if the field is not one of experiences. The row of a trace has one experience.
func (d *Dialect) experienceColumn(of filter.Of, f filter.Field) (c column, is bool) {
	if !Experienced(of, f) {
		return column{}, false
	}
	name := feltAs(f.Name)
	if f.Name == "reaction.kind" {
		return column{event: d.lines("coalesce(felt." + name + ", '')"), has: hasText, list: true, bits: "coalesce(felt.kind_bits, 0)"}, true
	}
	c = column{event: "felt." + name, has: notNull}
	if f.Type == filter.Duration {
		c.scale = "1000"
	}
	if of == filter.Traces {
		c.group = "max(e.felt_" + name + ")"
	}
	return c, true
}

// joinExperiences joins rows with the experiences that a field needs.
func (b *builder) joinExperiences(f filter.Field) {
	if !slices.Contains(b.joins, feltJoin) {
		b.joins = append(b.joins, feltJoin)
	}
	if !slices.Contains(b.felt, f.Name) {
		b.felt = append(b.felt, f.Name)
	}
}

// experiences are the rows of experiences of the list's rows: of generations, or of whole traces.
func (b *builder) experiences() string {
	return b.d.from("experiences", "f") + b.derivedWhere("f", model.ExperienceRules)
}

// feltRows joins rows with their experiences, under the alias felt.
func (b *builder) feltRows() string {
	id, of := "f.uuid", "e.uuid"
	if b.s.Of == filter.Traces {
		id, of = "f.trace_id", "e.id"
	}
	return " " + b.d.join + " (SELECT " + id + " AS felt_id" + b.feltValues() + " FROM " + b.experiences() + ") AS felt ON felt.felt_id = " + of
}

// feltValues are the values of a row f of experiences that are needed.
func (b *builder) feltValues() (columns string) {
	for _, name := range b.felt {
		columns += ", " + b.experienceValue(name) + " AS " + feltAs(name)
		if name == "reaction.kind" {
			columns += ", f.kind_bits AS kind_bits"
		}
	}
	return columns
}

// ownColumns are columns of experiences whose values are those of the generation's event, beside the copied ones.
var ownColumns = []string{"uuid", "time_ms"}

// ofExperiences is where the rows of generations come from if experiences alone decide: a term requires an experience, and of the event only columns are
// used that experiences copy. It returns those rows and the condition, rewritten for them; false for others. On ClickHouse, where no table is sorted like
// the other, the join of 200,000 answers with their events took two fifths of the processor time of Impact (740 ms, now 430).
func (b *builder) ofExperiences(selected, where string) (from string, rewritten func(string) string, ok bool) {
	if b.s.Events != nil || !slices.Equal(b.joins, []string{feltJoin}) || !slices.ContainsFunc(conjuncts(b.s.Where), b.requiresExperience) {
		return "", nil, false
	}
	columns := "f.uuid AS felt_id"
	for _, name := range namesOf(selected + where) {
		own := name
		if !slices.Contains(ownColumns, name) {
			own = table.CopyPrefix + name
			if _, copied := table.Experiences.Type(own); !copied {
				return "", nil, false
			}
		}
		columns += ", f." + own + " AS " + table.CopyPrefix + name
	}
	return "(SELECT " + columns + b.feltValues() + " FROM " + b.experiences() + ") AS felt", func(sql string) string {
		return rowNames.ReplaceAllStringFunc(sql, func(name string) string { return "felt." + table.CopyPrefix + strings.TrimPrefix(name, "e.") })
	}, true
}

// requiresExperience reports whether only rows with an experience meet a condition: the values of others are NULL, or no kinds.
func (b *builder) requiresExperience(x filter.Expr) bool {
	switch x := x.(type) {
	case filter.Cond:
		return Experienced(b.s.Of, x.Field)
	case filter.Or:
		return len(x) > 0 && !slices.ContainsFunc(x, func(x filter.Expr) bool { return !b.requiresExperience(x) })
	case filter.And:
		return slices.ContainsFunc(x, b.requiresExperience)
	}
	return false
}

// feltColumns are the joined values of whole traces, for their rows.
func (b *builder) feltColumns() (names string) {
	for _, name := range b.felt {
		if name != "reaction.kind" {
			names += ", felt." + feltAs(name) + " AS felt_" + feltAs(name)
		}
	}
	return names
}

// experiencedAs selects columns of the experiences of traces that meet a condition, if stored experiences alone decide it. It is "" for other
// conditions.
func (b *builder) experiencedAs(c filter.Cond, columns string) string {
	if b.s.Of != filter.Traces || !Experienced(b.s.Of, c.Field) {
		return ""
	}
	col, _ := b.d.experienceColumn(b.s.Of, c.Field)
	col.event = b.experienceValue(c.Field.Name)
	if col.list {
		col.event, col.bits = b.d.lines(col.event), "f.kind_bits"
	}
	return "SELECT " + columns + " FROM " + b.experiences() + " AND " + b.holds(c, col)
}
