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
		"A window's recording", "rrweb events as JSON lines, in order of time, beginning with the last full snapshot at or before `t`.")
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

// stream adds a route that answers with JSON lines.
func stream[I any](to huma.API, path, id string, use func(context.Context, *I) (*huma.StreamResponse, error), summary, description string) {
	o := operation(path, id, summary, description)
	o.Responses = map[string]*huma.Response{"200": {
		Description: "One rrweb event a line",
		Content:     map[string]*huma.MediaType{linesType: {Schema: &huma.Schema{Type: huma.TypeString}}},
	}}
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
