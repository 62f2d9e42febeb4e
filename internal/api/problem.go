package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/playheadhq/playhead/internal/query"
)

const problemPrefix = "urn:playhead:problem:"

// kinds names the types of problems by status, for programs to tell them apart.
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
	return &huma.ErrorModel{Type: problemPrefix + kind, Title: http.StatusText(status), Status: status, Detail: detail}
}

// typed gives the problems that huma finds by itself (a limit that is no number) a type like ours.
func typed(_ huma.Context, _ string, v any) (any, error) {
	if p, ok := v.(*huma.ErrorModel); ok && p.Type == "" {
		p.Type = problemPrefix + kindOf(p.Status)
	}
	return v, nil
}

// fail is the one table from errors to answers. What it does not know is logged and not shown.
func (a *api) fail(ctx context.Context, err error) error {
	var e *query.Error
	switch {
	case errors.Is(err, context.Canceled):
		return newProblem(http.StatusServiceUnavailable, "canceled", "The request ended before its answer was ready.")
	case errors.Is(err, context.DeadlineExceeded):
		return newProblem(http.StatusServiceUnavailable, "timeout", "This took too long. Narrow it with from and to.")
	case errors.As(err, &e) && e.Code == query.CodeBadInput:
		p := newProblem(http.StatusUnprocessableEntity, "bad-parameter", e.Message)
		p.Errors = []*huma.ErrorDetail{{Message: e.Message, Location: "query." + e.Field}}
		return p
	case errors.As(err, &e) && e.Code == query.CodeNotFound:
		return newProblem(http.StatusNotFound, "not-found", e.Message)
	case errors.As(err, &e) && e.Code == query.CodeUnavailable:
		a.logger.WarnContext(ctx, "cannot answer", "error", err)
		header := http.Header{"Retry-After": {"5"}}
		return huma.ErrorWithHeaders(newProblem(http.StatusServiceUnavailable, "unavailable", e.Message), header)
	}
	a.logger.ErrorContext(ctx, "request failed", "error", err)
	return newProblem(http.StatusInternalServerError, "internal", "This is a fault of the server; its log says more.")
}
