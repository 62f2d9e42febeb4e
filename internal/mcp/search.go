package mcp

import (
	"context"

	"github.com/playheadhq/playhead/internal/query"
	"github.com/playheadhq/playhead/internal/rawjson"
)

type searchArguments struct {
	Of     string `json:"of" jsonschema:"traces, generations, sessions, conversations, feedback, people, tools, prompts, models or providers"`
	Q      string `json:"q,omitempty" jsonschema:"an expression of the query language; none is all"`
	From   string `json:"from,omitempty" jsonschema:"only what began then or later: 2026-05-04T13:30:00Z, 2026-05-04, or a duration before now such as 24h or 7d"`
	To     string `json:"to,omitempty" jsonschema:"only what began before then"`
	Sort   string `json:"sort,omitempty" jsonschema:"a sortable field, with - before it for the largest first: -latency, -cost; none is newest first"`
	Limit  int    `json:"limit,omitempty" jsonschema:"rows, at most 500; 20 by default"`
	Cursor string `json:"cursor,omitempty" jsonschema:"reads on: what the result before says, with the same other arguments"`
	Budget int    `json:"budget,omitempty" jsonschema:"tokens that the result may have, 300 to 50000; 5000 by default"`
}

// usualRows is how many rows a search has by default.
const usualRows = 20

func (t *tools) search(ctx context.Context, in searchArguments) (string, error) {
	a, at, r, err := t.asked(in.Q, in.From, in.To, in.Sort, in.Limit, in.Cursor, in.Budget)
	if err != nil {
		return "", err
	}
	r.Count = r.Cursor == ""
	var next string
	switch in.Of {
	case "traces":
		next, err = found(a, at, traceRow)(t.query.Traces(ctx, t.scope, r))
	case "generations":
		next, err = found(a, at, generationRow)(t.query.Generations(ctx, t.scope, r))
	case "sessions":
		next, err = found(a, at, t.sessionRow)(t.query.Sessions(ctx, t.scope, r))
	case "conversations":
		next, err = found(a, at, t.conversationRow)(t.query.Conversations(ctx, t.scope, r))
	case "feedback":
		next, err = found(a, at, feedbackRow)(t.query.Opinions(ctx, t.scope, r))
	case "people":
		next, err = groups(a, at, t.personRow)(t.query.People(ctx, t.scope, r))
	case "tools":
		next, err = groups(a, at, t.toolRow)(t.query.Tools(ctx, t.scope, r))
	case "prompts":
		next, err = groups(a, at, t.promptRow)(t.query.Prompts(ctx, t.scope, r))
	case "providers":
		next, err = groups(a, at, t.providerRow)(t.query.Providers(ctx, t.scope, r))
	case "models":
		var models query.Models
		if models, err = t.query.Models(ctx, t.scope, r.Narrowing); err == nil {
			next = list(a, models.Models, nil, at, t.modelRow)
		}
	case "errors":
		return "", bad("Failures grouped by cause are a tool of their own: errors. For the failed rows themselves search with q=error:true.")
	default:
		return "", bad("of is one of traces, generations, sessions, conversations, feedback, people, tools, prompts, models, providers; got %q.", rawjson.Clip(in.Of, 100))
	}
	if err != nil {
		return "", err
	}
	readOn(a, next)
	return a.String(), nil
}

// asked reads the arguments that all lists have.
func (t *tools) asked(q, from, to, sort string, limit int, text string, budget int) (a *answer, at cursor, r query.ListRequest, err error) {
	if a, err = newAnswer(budget); err != nil {
		return a, at, r, err
	}
	if at, err = parseCursor(text); err != nil {
		return a, at, r, err
	}
	if limit == 0 {
		limit = usualRows
	}
	r = query.ListRequest{Sort: sort, Limit: limit, Cursor: at.page}
	r.Narrowing, err = t.narrowing(q, from, to)
	return a, at, r, err
}

// found writes a page of a list and returns the cursor that reads on.
func found[T any](a *answer, at cursor, row func(*T) string) func(query.List[T], error) (string, error) {
	return func(page query.List[T], err error) (string, error) {
		if err != nil {
			return "", err
		}
		if page.Total != nil {
			since := ""
			if page.TotalToMS != nil {
				since = " since " + iso(*page.TotalToMS) + " (too much text matches to count all)"
			}
			plural := "es"
			if *page.Total == 1 {
				plural = ""
			}
			a.line("%d match%s%s.", *page.Total, plural, since)
		}
		if page.SearchedToMS != nil {
			a.line("Text was searched back to %s so far; read on to search further.", iso(*page.SearchedToMS))
		}
		next := list(a, page.Items, page.Next, at, row)
		if len(page.Items) == 0 && next == "" {
			a.line("Nothing matches. The tool fields lists the fields and their values.")
		}
		return next, nil
	}
}

// groups is found for lists whose rows are groups.
func groups[T any](a *answer, at cursor, row func(*T) string) func(query.Groups[T], error) (string, error) {
	return func(page query.Groups[T], err error) (string, error) {
		return found(a, at, row)(query.List[T]{Items: page.Items, Next: page.Next, SearchedToMS: page.SearchedToMS}, err)
	}
}

// readOn says how to read on.
func readOn(a *answer, next string) {
	if next != "" {
		a.end("There is more: call again with cursor=%s and the same other arguments, or with a larger budget.", next)
	}
}

type errorsArguments struct {
	Q      string `json:"q,omitempty" jsonschema:"an expression of the query language about generations, such as model:gpt-4o* or release:v2"`
	From   string `json:"from,omitempty" jsonschema:"only what began then or later: 2026-05-04T13:30:00Z, 2026-05-04, or a duration before now such as 24h or 7d"`
	To     string `json:"to,omitempty" jsonschema:"only what began before then"`
	Sort   string `json:"sort,omitempty" jsonschema:"-count for the most frequent first, -people for those that hit most people; none is the latest first"`
	Limit  int    `json:"limit,omitempty" jsonschema:"causes, at most 500; 20 by default"`
	Cursor string `json:"cursor,omitempty" jsonschema:"reads on: what the result before says, with the same other arguments"`
	Budget int    `json:"budget,omitempty" jsonschema:"tokens that the result may have, 300 to 50000; 5000 by default"`
}

func (t *tools) errors(ctx context.Context, in errorsArguments) (string, error) {
	a, at, r, err := t.asked(in.Q, in.From, in.To, in.Sort, in.Limit, in.Cursor, in.Budget)
	if err != nil {
		return "", err
	}
	next, err := groups(a, at, t.errorRow)(t.query.Errors(ctx, t.scope, r))
	if err != nil {
		return "", err
	}
	readOn(a, next)
	return a.String(), nil
}
