package mcp

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/playheadhq/playhead/internal/query"
)

type aggregateArguments struct {
	Of      string `json:"of" jsonschema:"generations, traces, sessions, conversations or feedback"`
	Measure string `json:"measure" jsonschema:"with commas between: count, and sum, avg, min, max, p50, p75, p90, p95, p99, uniq or rate of a field, such as count,p95(latency),rate(error)"`
	By      string `json:"by,omitempty" jsonschema:"groups, with commas between: fields, and time(1h), time(1d) or time(auto)"`
	Q       string `json:"q,omitempty" jsonschema:"an expression of the query language; none is all"`
	From    string `json:"from,omitempty" jsonschema:"only what began then or later: 2026-05-04T13:30:00Z, 2026-05-04, or a duration before now such as 24h or 7d"`
	To      string `json:"to,omitempty" jsonschema:"only what began before then"`
	TZ      string `json:"tz,omitempty" jsonschema:"the time zone in which days begin, such as Europe/Berlin; UTC by default"`
	Order   string `json:"order,omitempty" jsonschema:"a group or measure, with - before it for the largest first"`
	Limit   int    `json:"limit,omitempty" jsonschema:"rows, at most 10000; 100 by default"`
	Budget  int    `json:"budget,omitempty" jsonschema:"tokens that the result may have, 300 to 50000; 5000 by default"`
}

func (t *tools) aggregate(ctx context.Context, in aggregateArguments) (string, error) {
	a, n, err := t.begin(in.Budget, in.Q, in.From, in.To)
	if err != nil {
		return "", err
	}
	table, err := t.query.Aggregate(ctx, t.scope, query.SumRequest{
		Narrowing: n, Of: in.Of, Measures: in.Measure, By: in.By, Zone: in.TZ, Order: in.Order, Limit: in.Limit,
	})
	if err != nil {
		return "", err
	}
	if table.SearchedToMS != nil {
		a.line("These sums cover only rows since %s, because too much text matches.", iso(*table.SearchedToMS))
	}
	var names []string
	for _, c := range table.Columns {
		if name := c.Name; c.Unit != "" && c.Unit != "ms" {
			names = append(names, name+" ["+c.Unit+"]")
		} else {
			names = append(names, name)
		}
	}
	a.line("%s", strings.Join(names, " | "))
	for i, row := range table.Rows {
		var cells []string
		for j, v := range row {
			cells = append(cells, cell(v, table.Columns[j].Unit == "ms"))
		}
		if !a.fits(strings.Join(cells, " | ")) {
			a.end("%d more rows were cut: choose fewer with q, from, to or limit, or ask with a larger budget.", len(table.Rows)-i)
			return a.String(), nil
		}
	}
	if table.Truncated {
		a.end("There are more rows than limit.")
	}
	return a.String(), nil
}

// cell is a value of a table.
func cell(v any, isTime bool) string {
	switch x := v.(type) {
	case nil:
		return "none"
	case int64:
		if isTime {
			return strings.TrimSuffix(iso(x), "T00:00:00.000Z")
		}
	case float64:
		if isTime {
			return iso(int64(x))
		}
		return strconv.FormatFloat(x, 'g', 5, 64)
	}
	return fmt.Sprint(v)
}

type fieldsArguments struct {
	Of     string `json:"of" jsonschema:"generations, traces, sessions, conversations or feedback"`
	Field  string `json:"field,omitempty" jsonschema:"a field, or some with commas between: then the result has their most frequent values"`
	Q      string `json:"q,omitempty" jsonschema:"only values of rows that match, an expression of the query language"`
	From   string `json:"from,omitempty" jsonschema:"only of what began then or later: 2026-05-04T13:30:00Z, 2026-05-04, or a duration before now such as 24h or 7d"`
	To     string `json:"to,omitempty" jsonschema:"only of what began before then"`
	Limit  int    `json:"limit,omitempty" jsonschema:"values of each field, at most 100; 10 by default"`
	Budget int    `json:"budget,omitempty" jsonschema:"tokens that the result may have, 300 to 50000; 5000 by default"`
}

func (t *tools) fields(ctx context.Context, in fieldsArguments) (string, error) {
	a, err := newAnswer(in.Budget)
	if err != nil {
		return "", err
	}
	if in.Field == "" {
		return t.allFields(a, in.Of)
	}
	n, err := t.narrowing(in.Q, in.From, in.To)
	if err != nil {
		return "", err
	}
	facets, err := t.query.Facets(ctx, t.scope, query.FacetsRequest{Narrowing: n, Of: in.Of, Fields: in.Field, Limit: in.Limit})
	if err != nil {
		return "", err
	}
	for _, f := range facets.Facets {
		a.line("%s, values and how many %s have them:", f.Field, in.Of)
		for i, v := range f.Values {
			if !a.fits(fmt.Sprintf("  %s: %d", cell(v.Value, false), v.Count)) {
				a.end("%d more values of %s were cut: ask with a larger budget.", len(f.Values)-i, f.Field)
				return a.String(), nil
			}
		}
		if f.Other > 0 {
			a.line("  other values: %d", f.Other)
		}
		if len(f.Values) == 0 {
			a.line("  none")
		}
	}
	return a.String(), nil
}

func (t *tools) allFields(a *answer, of string) (string, error) {
	all, err := t.query.Fields(of)
	if err != nil {
		return "", err
	}
	a.line("Fields of %s: name (type, unit; operators other than =; what it can be used for): meaning.", of)
	for i, f := range all.Fields {
		var operators []string
		for _, o := range f.Operators {
			if o != "" {
				operators = append(operators, o)
			}
		}
		uses := []string{}
		if f.Groupable {
			uses = append(uses, "by")
		}
		if f.Sortable {
			uses = append(uses, "sort")
		}
		text := fmt.Sprintf("%s (%s): %s", f.Name, facts(f.Type, f.Unit, strings.Join(operators, " "), strings.Join(uses, " "), strings.Join(f.Choices, "|")), f.Doc)
		if !a.fits(text) {
			a.end("%d more fields were cut: ask with a larger budget.", len(all.Fields)-i)
			break
		}
	}
	return a.String(), nil
}

type changedArguments struct {
	From     string `json:"from" jsonschema:"when the range begins: 2026-05-04T13:30:00Z, 2026-05-04, or a duration before now such as 24h"`
	To       string `json:"to,omitempty" jsonschema:"when it ends; now by default"`
	BaseFrom string `json:"base_from,omitempty" jsonschema:"when the range begins that it is compared with; as long before base_to by default"`
	BaseTo   string `json:"base_to,omitempty" jsonschema:"when that ends; at from by default"`
	Q        string `json:"q,omitempty" jsonschema:"only these generations, an expression of the query language"`
	Fields   string `json:"fields,omitempty" jsonschema:"fields whose values are compared, with commas between; models, prompts, releases, tools and the like by default"`
	Limit    int    `json:"limit,omitempty" jsonschema:"changes, at most 100; 20 by default"`
	Budget   int    `json:"budget,omitempty" jsonschema:"tokens that the result may have, 300 to 50000; 5000 by default"`
}

func (t *tools) whatChanged(ctx context.Context, in changedArguments) (string, error) {
	a, n, err := t.begin(in.Budget, in.Q, in.From, in.To)
	if err != nil {
		return "", err
	}
	if n.To == "" {
		n.To = iso(t.now().UnixMilli())
	}
	base, err := t.narrowing("", in.BaseFrom, in.BaseTo)
	if err != nil {
		return "", err
	}
	changed, err := t.query.Changed(ctx, t.scope, query.ChangedRequest{Narrowing: n, BaseFrom: base.From, BaseTo: base.To, Fields: in.Fields, Limit: in.Limit})
	if err != nil {
		return "", err
	}
	a.line("From %s to %s, compared with %s to %s. %d figures were tested; 5 %% of the changes below are expected to be noise.",
		iso(changed.FromMS), iso(changed.ToMS), iso(changed.BaseFromMS), iso(changed.BaseToMS), changed.Tested)
	if len(changed.Changes) == 0 {
		a.line("Nothing changed more than noise explains. A figure of fewer than 30 generations in a range is not tested.")
	}
	for i, c := range changed.Changes {
		text := fmt.Sprintf("%s=%s: %s %s -> %s%s (generations %d -> %d, %.1f standard errors, p=%.2g); q=%s",
			c.Field, cell(c.Value, false), c.Figure, figure(c.Before, c.Figure), figure(c.After, c.Figure), unit(c.Unit), c.GenerationsBefore, c.GenerationsAfter, c.Score, c.P, c.Q)
		if !a.fits(text) {
			a.end("%d smaller changes were cut: ask with a larger budget.", len(changed.Changes)-i)
			break
		}
	}
	return a.String(), nil
}

// figure is a value of a change. Shares are percentages.
func figure(v float64, name string) string {
	if name == "share" || name == "error_rate" {
		return strconv.FormatFloat(100*v, 'f', 1, 64) + " %"
	}
	return strconv.FormatFloat(v, 'g', 4, 64)
}

func unit(name string) string {
	if name == "" {
		return ""
	}
	return " " + name
}
