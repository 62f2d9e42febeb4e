package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/playheadhq/playhead/internal/access"
)

// register is the whole API.
func (a *api) register(to huma.API) {
	get(a, to, "/api/traces", "listTraces", a.traces,
		"Traces", "A trace has the values of all of its events, of which any may match; its sums cover the whole trace.")
	get(a, to, "/api/traces/{id}", "readTrace", a.trace,
		"One trace", "The beginning of the tree of its generations, embeddings and spans, the first of them with their messages, and what was said about it.")
	get(a, to, "/api/traces/{id}/nodes", "listTraceNodes", a.traceNodes,
		"The nodes of a trace", "In tree order, without content. Reads on from `nodes_next`.")
	get(a, to, "/api/traces/{id}/feedback", "listTraceFeedback", a.traceFeedback,
		"What was said of a trace", "Feedback and metrics by time. Reads on from `feedback_next`.")
	get(a, to, "/api/generations", "listGenerations", a.generations,
		"Generations and embeddings", "Each is one call of a model. Spans and explicit traces are among them where q names their kind: kind:span.")
	get(a, to, "/api/generations/{id}", "readGeneration", a.generation,
		"One generation", "Also embeddings, spans and explicit traces, by the uuid of their event. Of its messages the first ones and the latest turn; the rest, and what was sent where it is long, by the routes below.")
	get(a, to, "/api/generations/{id}/messages", "listMessages", a.messages,
		"The messages of a generation", "Of its input or its output. Reads on from a cursor of the generation's content. A message or text that is longer than an answer goes on in the next one, where `continued` is true.")
	get(a, to, "/api/generations/{id}/raw", "readRaw", a.raw,
		"What was sent with a generation", "In pieces of text, which together are the JSON that was sent.")
	get(a, to, "/api/sessions", "listSessions", a.sessions,
		"Sessions", "A session is one visit in one browser, over all its tabs.")
	get(a, to, "/api/sessions/{id}", "readSession", a.session,
		"One session", "Its windows and its first generations and activity: what its page needs besides the recording.")
	get(a, to, "/api/sessions/{id}/generations", "listSessionGenerations", a.sessionGenerations,
		"The generations of a session", "By start. Reads on from `generations_next`.")
	get(a, to, "/api/sessions/{id}/activity", "listSessionActivity", a.sessionActivity,
		"The activity of a session", "Page views and other browser events by time. Reads on from `activity_next`.")
	stream(to, "/api/sessions/{id}/snapshots", "readSnapshots", a.snapshots,
		"A window's recording", "rrweb events as JSON lines, in order of time, beginning with the last full snapshot at or before `t`.")
	get(a, to, "/api/aggregate", "aggregate", a.aggregate,
		"Sums", "Measures of the generations, traces or sessions that match, for each group. Buckets of time without a row are there, too.")
	get(a, to, "/api/facets", "facets", a.facets,
		"Values and how often they occur", "Of each field the values that most rows have. The terms of q that are about a field alone do not count for its own values, so that the others can be chosen, too.")
	get(a, to, "/api/fields", "listFields", a.fields,
		"What can be asked about", "The fields of generations, traces or sessions, with what can be done with each.")
	get(a, to, "/api/status", "readStatus", a.status,
		"The server", "What is stored of a project, what was refused and why, and the token that its clients use.")
	add(a, to, "/api/projects", "listProjects", a.projects,
		"The projects", "Each is kept apart from the others. The first one is meant where a request names none.")
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

// stream adds a route that answers with JSON lines.
func stream[I any](to huma.API, path, id string, use func(context.Context, *I) (*huma.StreamResponse, error), summary, description string) {
	o := operation(path, id, summary, description)
	o.Responses = map[string]*huma.Response{"200": {
		Description: "One rrweb event a line",
		Content:     map[string]*huma.MediaType{linesType: {Schema: &huma.Schema{Type: huma.TypeString}}},
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
