package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/playheadhq/playhead/internal/access"
)

// register is the whole API.
func (a *api) register(to huma.API) {
	get(a, to, "/api/traces", "listTraces", a.traces,
		"Traces", "A trace has the values of all of its events, and any of them may match; its sums cover the whole trace.")
	get(a, to, "/api/traces/{id}", "readTrace", a.trace,
		"One trace", "The beginning of its span tree, the first nodes with their messages, and its feedback and metrics.")
	get(a, to, "/api/traces/{id}/nodes", "listTraceNodes", a.traceNodes,
		"The nodes of a trace", "In tree order, without content. Continues from `nodes_next`.")
	get(a, to, "/api/traces/{id}/feedback", "listTraceFeedback", a.traceFeedback,
		"The feedback and metrics of a trace", "In order of time. Continues from `feedback_next`.")
	get(a, to, "/api/generations", "listGenerations", a.generations,
		"Generations and embeddings", "Each is one call of a model. Spans and explicit traces are included if q names their kind: kind:span.")
	get(a, to, "/api/generations/{id}", "readGeneration", a.generation,
		"One generation", "Also embeddings, spans and explicit traces, by the uuid of their event. With the first messages and the latest turn; the routes below read the rest, and long data as sent.")
	get(a, to, "/api/generations/{id}/messages", "listMessages", a.messages,
		"The messages of a generation", "Of its input or its output. Continues from a cursor of the generation's content. A message or text that is longer than an answer continues in the next one, where `continued` is true.")
	get(a, to, "/api/generations/{id}/raw", "readRaw", a.raw,
		"What was sent with a generation", "In pieces of text that together are the JSON as sent.")
	media(to, "/api/generations/{id}/media", "readMedia", a.media,
		"An image, a sound or a file of a message", "The address is in the message. It is what the data say it is: images and sounds that a browser shows without running anything; all else is to be saved.")
	get(a, to, "/api/sessions", "listSessions", a.sessions,
		"Sessions", "A session is one visit in one browser, over all its tabs.")
	get(a, to, "/api/sessions/{id}", "readSession", a.session,
		"One session", "Its windows and its first generations and activity.")
	get(a, to, "/api/sessions/{id}/generations", "listSessionGenerations", a.sessionGenerations,
		"The generations of a session", "By start. Continues from `generations_next`.")
	get(a, to, "/api/sessions/{id}/activity", "listSessionActivity", a.sessionActivity,
		"The activity of a session", "Page views and other browser events, in order of time. Continues from `activity_next`.")
	stream(to, "/api/sessions/{id}/snapshots", "readSnapshots", a.snapshots,
		"A window's recording", "rrweb events as JSON lines, in order of time, beginning with the last full snapshot at or before `t`.",
		"One rrweb event a line", linesType)
	get(a, to, "/api/conversations", "listConversations", a.conversations,
		"Conversations", "A conversation is a chat: the traces whose events name it. Its sums cover all of them.")
	get(a, to, "/api/conversations/{id}", "readConversation", a.conversation,
		"One conversation", "Its first turns with what was asked and answered in each, and the waits between them.")
	get(a, to, "/api/conversations/{id}/turns", "listTurns", a.turns,
		"The turns of a conversation", "By start. Reads on from `turns_next`.")
	get(a, to, "/api/people", "listPeople", a.people,
		"People", "What each person's generations cost, and how many there were. q is about generations.")
	get(a, to, "/api/errors", "listErrors", a.errors,
		"Errors by their cause", "Generations, embeddings and spans that failed, grouped by what the error said without numbers, ids, addresses and what stands in quotes. q is about generations.")
	get(a, to, "/api/tools", "listTools", a.tools,
		"Tools", "Those that spans ran or that answers call. q is about generations; sort=-calls counts runs and answers together.")
	get(a, to, "/api/prompts", "listPrompts", a.prompts,
		"Prompts", "By name and version, with what their generations cost and how good they were. q is about generations.")
	get(a, to, "/api/feedback", "listFeedback", a.feedback,
		"Feedback and scores", "What people, metrics and evaluations said. /api/aggregate?of=feedback sums it up, over time, too.")
	get(a, to, "/api/overview", "readOverview", a.overview,
		"Overview", "What generations cost, how fast and how good they were, in a range of time, in its buckets, by the values of a field, and beside the range before.")
	get(a, to, "/api/annotations", "listAnnotations", a.annotations,
		"Annotations", "What happened in a range of time: releases that events name for the first time, and what was noted.")
	a.post(to, "/api/annotations", "annotate", a.annotate,
		"Note what happened", "A deploy, an outage, a campaign: it is shown beside figures over time.")
	get(a, to, "/api/changed", "readChanged", a.changed,
		"What changed", "The values of fields of which the share, the error rate, or the mean latency or cost differ most between two ranges of time. Shares are tested as two proportions, means by Welch's test, and of all changes that are answered 5 % are expected to be noise (Benjamini and Hochberg).")
	stream(to, "/api/export/{list}", "export", a.export,
		"A whole list", "All of its rows, without a limit, as a file. An answer that breaks off is not whole: its connection ends before the end of the body.",
		"One row a line, or a file of Parquet", "text/csv", linesType, "application/vnd.apache.parquet")
	get(a, to, "/api/aggregate", "aggregate", a.aggregate,
		"Sums", "Measures of the matching generations, traces or sessions, for each group. Buckets of time without rows are included.")
	get(a, to, "/api/facets", "facets", a.facets,
		"Values and how often they occur", "The most frequent values of each field. Terms of q about only one field are ignored when its own values are counted, so that other values can be chosen too.")
	get(a, to, "/api/models", "listModels", a.models,
		"Models and their costs", "Of the matching generations and embeddings: the number of calls, their cost, the current price and its source, the other price list's price if the two differ by more than 1 %, and the models without a price.")
	get(a, to, "/api/fields", "listFields", a.fields,
		"The fields of the query language", "The fields of generations, traces or sessions, with their operators and measures.")
	get(a, to, "/api/status", "readStatus", a.status,
		"The server", "The number of stored rows of a project, refusals with reasons, and the token for its clients.")
	add(a, to, "/api/projects", "listProjects", a.projects,
		"The projects", "Their data are separate. The first one is the default for requests without a project.")
}

// answer is a JSON body.
type answer[T any] struct{ Body T }

// scoped is what a route takes that is about a project.
type scoped interface{ project() string }

// get adds a route that answers with JSON about a project.
func get[I scoped, O any](a *api, to huma.API, path, id string, use func(context.Context, access.Scope, *I) (O, error), summary, description string) {
	add(a, to, path, id, func(ctx context.Context, in *I) (O, error) {
		scope, err := a.query.Scope((*in).project())
		if err != nil {
			var none O
			return none, err
		}
		return use(ctx, scope, in)
	}, summary, description)
}

// add adds a route that answers with JSON.
func add[I, O any](a *api, to huma.API, path, id string, use func(context.Context, *I) (O, error), summary, description string) {
	huma.Register(to, operation(path, id, summary, description), func(ctx context.Context, in *I) (*answer[O], error) {
		out, err := use(ctx, in)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return &answer[O]{out}, nil
	})
}

// post adds a route that takes JSON and answers with JSON about a project. Pages elsewhere cannot have a browser send it.
func (a *api) post(to huma.API, path, id string, use func(context.Context, *annotation) (Annotation, error), summary, description string) {
	o := operation(path, id, summary, description)
	o.Method = http.MethodPost
	o.Errors = append(o.Errors, http.StatusForbidden)
	elsewhere := http.NewCrossOriginProtection()
	o.Middlewares = huma.Middlewares{func(ctx huma.Context, next func(huma.Context)) {
		r, _ := humago.Unwrap(ctx)
		if err := elsewhere.Check(r); err != nil {
			writeProblem(to, ctx, newProblem(http.StatusForbidden, "forbidden", "A page of another site sent this."))
			return
		}
		next(ctx)
	}}
	huma.Register(to, o, func(ctx context.Context, in *annotation) (*answer[Annotation], error) {
		out, err := use(ctx, in)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return &answer[Annotation]{out}, nil
	})
}

// stream adds a route that answers with something else than JSON, of one of some media types.
func stream[I any](to huma.API, path, id string, use func(context.Context, *I) (*huma.StreamResponse, error), summary, description, answer string, types ...string) {
	o := operation(path, id, summary, description)
	content := map[string]*huma.MediaType{}
	for _, t := range types {
		content[t] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString}}
	}
	o.Responses = map[string]*huma.Response{"200": {Description: answer, Content: content}}
	huma.Register(to, o, use)
}

// media adds a route that answers with data of whatever kind.
func media[I any](to huma.API, path, id string, use func(context.Context, *I) (*huma.StreamResponse, error), summary, description string) {
	o := operation(path, id, summary, description)
	o.Responses = map[string]*huma.Response{"200": {
		Description: "The data",
		Content:     map[string]*huma.MediaType{"application/octet-stream": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}},
	}}
	huma.Register(to, o, use)
}

func operation(path, id, summary, description string) huma.Operation {
	return huma.Operation{
		Method: http.MethodGet, Path: path, OperationID: id, Summary: summary, Description: description,
		Errors: []int{http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusInternalServerError, http.StatusServiceUnavailable},
		// Package query checks values, for every face of it, and explains them better.
		SkipValidateParams: true,
	}
}
