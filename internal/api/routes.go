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
	stream(to, "/api/traces/{id}/nodes", "listTraceNodes", a.traceNodes,
		"The nodes of a trace", "In tree order, without content: all nodes after `nodes_next` in one answer, as JSON lines with the fields of `nodes`. If the answer is incomplete, its connection ends before the end of the body.",
		"One node on each line", linesType)
	get(a, to, "/api/traces/{id}/feedback", "listTraceFeedback", a.traceFeedback,
		"The feedback and metrics of a trace", "In order of time. Continues from `feedback_next`.")
	get(a, to, "/api/generations", "listGenerations", a.generations,
		"Generations and embeddings", "Each is one call of a model. Spans and explicit traces are included if q names their kind: kind:span.")
	get(a, to, "/api/generations/{id}", "readGeneration", a.generation,
		"One generation", "Also embeddings, spans and explicit traces, by the uuid of their event. With the first messages and the latest turn; the routes below read the rest, and long data as sent.")
	get(a, to, "/api/generations/{id}/messages", "listMessages", a.messages,
		"The messages of a generation", "Of its input or its output. Continues from a cursor of the generation's content. A message or text that is longer than an answer continues in the next one, where `continued` is true.")
	get(a, to, "/api/generations/{id}/raw", "readRaw", a.raw,
		"The content of a generation as it was sent", "In parts of text that together are the JSON as sent.")
	media(to, "/api/generations/{id}/media", "readMedia", a.media,
		"An image, a sound or a file of a message", "The address is in the message. The type follows from the data: images and sounds that browsers show without running anything; everything else is a download.")
	get(a, to, "/api/sessions", "listSessions", a.sessions,
		"Sessions", "A session is one visit in one browser, over all its tabs.")
	get(a, to, "/api/sessions/{id}", "readSession", a.session,
		"One session", "Its windows and its first generations.")
	get(a, to, "/api/sessions/{id}/generations", "listSessionGenerations", a.sessionGenerations,
		"The generations of a session", "By start. Continues from `generations_next`.")
	get(a, to, "/api/sessions/{id}/timeline", "readSessionTimeline", a.sessionTimeline,
		"The timeline of a session", "Everything that a timeline shows, in less than 50 kB for any session: tabs, gaps with their reasons, AI calls, pages, errors, and how much activity there was when.")
	get(a, to, "/api/sessions/{id}/activity", "listSessionActivity", a.sessionActivity,
		"The activity of a session", "What the user did and what the page did meanwhile, in order of time: activity derived from the recording within seconds, and events of the browser and of backends.")
	stream(to, "/api/sessions/{id}/snapshots", "readSnapshots", a.snapshots,
		"A window's recording", "rrweb events as JSON lines, in order of time, beginning with the last full snapshot at or before `t`. If that snapshot is more than 15 s of activity older than `t`, they begin with events that show the page before `t`; these have `\"checkpoint\":true`.",
		"One rrweb event on each line", linesType)
	get(a, to, "/api/sessions/{id}/dom", "readDOM", a.dom,
		"The page at an instant", "Its text and its elements, masked as they were recorded. Continues from `nodes_next`.")
	stream(to, "/api/sessions/{id}/clip", "readClip", a.clip,
		"A part of a session as a file", "One HTML file that plays without a server or a network: a tab from one instant to another with its AI calls and their messages, masked as they were recorded.",
		"The file", clipType)
	get(a, to, "/api/assets/hosts", "listAssetHosts", a.assetHosts,
		"The hosts of assets", "From these hosts the stylesheets, fonts and images that recorded pages refer to are fetched.")
	media(to, "/api/assets", "readAsset", a.asset,
		"An asset of a recorded page", "A stylesheet, a font or an image that a recorded page refers to, as it was fetched when the recording arrived.")
	get(a, to, "/api/conversations", "listConversations", a.conversations,
		"Conversations", "A conversation is a chat: the traces whose events name it. Its sums cover all of them.")
	get(a, to, "/api/conversations/{id}", "readConversation", a.conversation,
		"One conversation", "Its first turns with their questions and answers, and the waits between them.")
	get(a, to, "/api/conversations/{id}/turns", "listTurns", a.turns,
		"The turns of a conversation", "By start. Continues from `turns_next`.")
	get(a, to, "/api/people", "listPeople", a.people,
		"People", "The number and the cost of each person's generations. q is about generations.")
	get(a, to, "/api/errors", "listErrors", a.errors,
		"Errors by their cause", "Generations, embeddings and spans that failed, grouped by the text of the error without numbers, ids, addresses and quoted text. q is about generations.")
	get(a, to, "/api/tools", "listTools", a.tools,
		"Tools", "Tools that spans ran or that answers call. q is about generations; sort=-calls counts runs and answers together.")
	get(a, to, "/api/prompts", "listPrompts", a.prompts,
		"Prompts", "By name and version, with the cost and the scores of their generations. q is about generations.")
	get(a, to, "/api/feedback", "listFeedback", a.feedback,
		"Feedback and scores", "Ratings by people, metrics and evaluations. /api/aggregate?of=feedback sums them up, also over time.")
	get(a, to, "/api/feedback/{id}", "readFeedback", a.opinion,
		"One entry of feedback", "With the whole explanation of an evaluation, up to 1 MiB of it.")
	get(a, to, "/api/overview", "readOverview", a.overview,
		"Overview", "Cost, speed and quality of generations in a range of time, in its buckets, by the values of a field, and compared with the preceding range.")
	get(a, to, "/api/doctor", "readDoctor", a.doctor,
		"Is it linked?", "The share of generations and embeddings that are linked to recordings, by method, library and service; the reasons why the rest is not, with the line of code that would link it; and the last hour. By default the last seven days.")
	get(a, to, "/api/annotations", "listAnnotations", a.annotations,
		"Annotations", "What happened in a range of time: releases that occur for the first time, and notes.")
	post(a, to, "/api/annotations", "annotate", a.annotate,
		"Note what happened", "A deploy, an outage, a campaign: it is shown beside figures over time.")
	get(a, to, "/api/changed", "readChanged", a.changed,
		"What changed", "The values of fields whose share, error rate, mean latency or mean cost differ most between two ranges of time. Shares are tested as two proportions, means by Welch's test; 5 % of the returned changes are expected to be noise (Benjamini and Hochberg).")
	get(a, to, "/api/impact", "readImpact", a.impact,
		"What waiting does", "How answers ended by how long their users waited, with intervals; the difference that waiting makes among answers with the same model, task and length (Mantel-Haenszel), with a placebo check; the share of bad endings after waits of more than 2, 5 and 10 seconds; and the cost of answers that nobody saw. docs/impact.md has the formulas.")
	stream(to, "/api/export/{list}", "export", a.export,
		"A whole list", "All of its rows, without a limit, as a file. If the answer is incomplete, its connection ends before the end of the body.",
		"One row on each line, or a Parquet file", "text/csv", linesType, "application/vnd.apache.parquet")
	get(a, to, "/api/newest", "listNewest", a.newest,
		"The newest rows of a list", "The ids of its first rows in the order of time, read with one statement. To follow a list, request this once a second, and read the list when it has changed.")
	get(a, to, "/api/views", "listViews", a.views,
		"Saved views", "States of lists that were saved under a name, of all lists. All readers of the project share them.")
	post(a, to, "/api/views", "saveView", a.saveView,
		"Save a view", "Creates a view, or replaces the one with the id. Every reader of the project sees it.")
	remove(a, to, "/api/views/{id}", "deleteView", a.deleteView,
		"Delete a view", "For every reader of the project.")
	get(a, to, "/api/shares", "listShares", a.shares,
		"Links for guests", "Valid links, the latest first. Each shows one trace and the recording around it to anybody who has the link, without a sign-in.")
	post(a, to, "/api/shares", "shareTrace", a.share,
		"Share a trace", "Creates a link that shows only this trace, its generations, and the linked session's recording from the beginning of the trace to a minute after its end, until the link expires or is withdrawn.")
	remove(a, to, "/api/shares/{id}", "unshare", a.unshare,
		"Withdraw a link", "The link stops working at once.")
	get(a, to, "/api/aggregate", "aggregate", a.aggregate,
		"Sums", "Measures of the matching generations, traces or sessions, for each group. Buckets of time without rows are included.")
	get(a, to, "/api/facets", "facets", a.facets,
		"Values and how often they occur", "The most frequent values of each field. Terms of q about only one field are ignored when its own values are counted, so that other values can be chosen too.")
	get(a, to, "/api/models", "listModels", a.models,
		"Models and their costs", "Of the matching generations and embeddings: the number of calls, their cost, the current price and its source, the other price list's price if the two differ by more than 1 %, and the models without a price.")
	get(a, to, "/api/providers", "listProviders", a.providers,
		"Providers", "The number and the cost of the calls of each provider's models, and how many failed. The most expensive providers come first. q is about generations.")
	get(a, to, "/api/fields", "listFields", a.fields,
		"The fields of the query language", "The fields of generations, traces or sessions, with their operators and measures.")
	get(a, to, "/api/status", "readStatus", a.status,
		"The server", "The number of stored rows of a project, refusals with reasons, and the token for its clients.")
	add(a, to, "/api/projects", "listProjects", a.projects,
		"The projects", "Their data are separate. The first one is the default for requests without a project.")
}

// answer is a JSON body.
type answer[T any] struct{ Body T }

// scoped is implemented by the parameters of routes about a project.
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

// post adds a route that takes JSON and answers with JSON about a project.
func post[I scoped, O any](a *api, to huma.API, path, id string, use func(context.Context, access.Scope, *I) (O, error), summary, description string) {
	o := a.writing(to, http.MethodPost, path, id, summary, description)
	huma.Register(to, o, func(ctx context.Context, in *I) (*answer[O], error) {
		scope, err := a.query.Scope((*in).project())
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		out, err := use(ctx, scope, in)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return &answer[O]{out}, nil
	})
}

// remove adds a route that deletes something of a project and answers without a body.
func remove[I scoped](a *api, to huma.API, path, id string, use func(context.Context, access.Scope, *I) error, summary, description string) {
	o := a.writing(to, http.MethodDelete, path, id, summary, description)
	o.DefaultStatus = http.StatusNoContent
	huma.Register(to, o, func(ctx context.Context, in *I) (*struct{}, error) {
		scope, err := a.query.Scope((*in).project())
		if err == nil {
			err = use(ctx, scope, in)
		}
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return nil, nil
	})
}

// writing is a route that changes something. It refuses requests that a page of another site makes a browser send.
func (a *api) writing(to huma.API, method, path, id, summary, description string) huma.Operation {
	o := operation(path, id, summary, description)
	o.Method = method
	o.Errors = append(o.Errors, http.StatusForbidden)
	elsewhere := http.NewCrossOriginProtection()
	o.Middlewares = huma.Middlewares{func(ctx huma.Context, next func(huma.Context)) {
		r, _ := humago.Unwrap(ctx)
		if err := elsewhere.Check(r); err != nil {
			writeProblem(to, ctx, newProblem(http.StatusForbidden, "forbidden", "A page of another site sent this request."))
			return
		}
		next(ctx)
	}}
	return o
}

// stream adds a route that answers with other data than JSON, of one of some media types.
func stream[I any](to huma.API, path, id string, use func(context.Context, *I) (*huma.StreamResponse, error), summary, description, answer string, types ...string) {
	o := operation(path, id, summary, description)
	content := map[string]*huma.MediaType{}
	for _, t := range types {
		content[t] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString}}
	}
	o.Responses = map[string]*huma.Response{"200": {Description: answer, Content: content}}
	huma.Register(to, o, use)
}

// media adds a route that answers with binary data.
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
		// Package query checks values, because it serves other interfaces too and has better explanations.
		SkipValidateParams: true,
	}
}
