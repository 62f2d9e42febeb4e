package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/playheadhq/playhead/internal/problem"
	"github.com/playheadhq/playhead/internal/query"
)

// kinds are the types of problems by status, by which programs can distinguish them.
var kinds = map[int]string{
	http.StatusBadRequest:          "bad-request",
	http.StatusNotFound:            "not-found",
	http.StatusMethodNotAllowed:    "method-not-allowed",
	http.StatusUnprocessableEntity: "bad-parameter",
	http.StatusInternalServerError: "internal",
	http.StatusServiceUnavailable:  "unavailable",
}

func kindOf(status int) string {
	if kind, ok := kinds[status]; ok {
		return kind
	}
	return "other"
}

func newProblem(status int, kind, detail string) *huma.ErrorModel {
	p := problem.Of(status, kind, detail)
	return &huma.ErrorModel{Type: p.Type, Title: p.Title, Status: p.Status, Detail: p.Detail}
}

// misread is a problem with a parameter that cannot be parsed.
type misread struct {
	*huma.ErrorModel
	// Position is the character at which parsing stopped, from 0.
	Position int `json:"position"`
}

// explain completes the problems that huma finds by itself (for example a limit that is not a number): it adds our type, and the exact error to the
// sentence that people see.
func explain(_ huma.Context, _ string, v any) (any, error) {
	p, ok := v.(*huma.ErrorModel)
	if !ok || p.Type != "" {
		return v, nil
	}
	p.Type = problem.Type(kindOf(p.Status))
	if len(p.Errors) > 0 {
		first := p.Errors[0]
		p.Detail = fmt.Sprintf("%s is %v: %s.", strings.TrimPrefix(first.Location, "query."), first.Value, first.Message)
	}
	return v, nil
}

// refuseUnknown refuses parameters that the route does not have: a misspelt filter would otherwise answer with everything.
func refuseUnknown(described huma.API) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		known := ctx.Operation().Parameters
		u := ctx.URL()
		for name := range u.Query() {
			if !slices.ContainsFunc(known, func(p *huma.Param) bool { return p.In == "query" && p.Name == name }) {
				p := newProblem(http.StatusUnprocessableEntity, "bad-parameter",
					fmt.Sprintf("This route has no parameter %q. /api/openapi.json lists its parameters.", name))
				p.Errors = []*huma.ErrorDetail{{Message: "unknown parameter", Location: "query." + name}}
				writeProblem(described, ctx, p)
				return
			}
		}
		next(ctx)
	}
}

func writeProblem(described huma.API, ctx huma.Context, p *huma.ErrorModel) {
	ctx.SetHeader("Content-Type", problem.ContentType)
	ctx.SetStatus(p.Status)
	_ = described.Marshal(ctx.BodyWriter(), "application/json", p) // an error means that the client disconnected
}

// fail is the only table from errors to answers. An unknown error is logged and not shown.
func (a *api) fail(ctx context.Context, err error) error {
	var e *query.Error
	switch {
	case errors.Is(err, context.Canceled):
		return newProblem(http.StatusServiceUnavailable, "canceled", "The request ended before its answer was ready.")
	case errors.Is(err, context.DeadlineExceeded):
		return newProblem(http.StatusServiceUnavailable, "timeout", "This took too long. Choose a shorter range with from and to.")
	case errors.As(err, &e) && e.Code == query.CodeBadInput:
		p := newProblem(http.StatusUnprocessableEntity, "bad-parameter", e.Message)
		p.Errors = []*huma.ErrorDetail{{Message: e.Message, Location: location(e.Field)}}
		if e.Position != nil {
			return &misread{p, *e.Position}
		}
		return p
	case errors.As(err, &e) && e.Code == query.CodeTooMuch:
		a.logger.WarnContext(ctx, "too much was requested", "error", err)
		return newProblem(http.StatusUnprocessableEntity, "too-much", e.Message)
	case errors.As(err, &e) && e.Code == query.CodeNotFound:
		return newProblem(http.StatusNotFound, "not-found", e.Message)
	case errors.As(err, &e) && e.Code == query.CodeUnavailable:
		a.logger.WarnContext(ctx, "cannot answer", "error", err)
		header := http.Header{"Retry-After": {"5"}}
		return huma.ErrorWithHeaders(newProblem(http.StatusServiceUnavailable, "unavailable", e.Message), header)
	}
	a.logger.ErrorContext(ctx, "request failed", "error", err)
	return newProblem(http.StatusInternalServerError, "internal", "This is an error of the server; see its log.")
}

// location is the name of a parameter in problems.
func location(field string) string {
	if field == "id" {
		return "path.id"
	}
	return "query." + field
}
