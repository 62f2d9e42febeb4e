package api

import (
	"context"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/query"
)

// list is what all lists take.
type list struct {
	ProjectParam
	From      string `query:"from" format:"date-time" example:"2026-05-04T13:30:00Z" doc:"Only what happened at or after this instant (RFC 3339)."`
	To        string `query:"to" format:"date-time" example:"2026-05-05T00:00:00Z" doc:"Only what happened before this instant (RFC 3339)."`
	Limit     int    `query:"limit" default:"50" minimum:"1" maximum:"500" doc:"Rows of one answer."`
	Cursor    string `query:"cursor" doc:"The next of the answer before."`
	Text      string `query:"q" example:"refund" doc:"Must occur, regardless of case, in an id, name, model, error, prompt or answer."`
	TraceID   string `query:"trace_id" doc:"Only this trace, or the sessions in which it happened."`
	SessionID string `query:"session_id" doc:"Only this session, or what happened in it."`
	Person    string `query:"person" example:"user_123" doc:"Any of a person's ids, or part of an id, name or email address."`
	Errors    bool   `query:"errors" doc:"Only what failed."`
}

func (l list) request() query.ListRequest {
	return query.ListRequest{
		From: l.From, To: l.To, Limit: l.Limit, Cursor: l.Cursor, Text: l.Text,
		TraceID: l.TraceID, SessionID: l.SessionID, Person: l.Person, ErrorsOnly: l.Errors,
	}
}

func (a *api) traces(ctx context.Context, scope access.Scope, in *list) (List[Trace], error) {
	return a.query.Traces(ctx, scope, in.request())
}

func (a *api) generations(ctx context.Context, scope access.Scope, in *list) (List[Generation], error) {
	return a.query.Generations(ctx, scope, in.request())
}

func (a *api) sessions(ctx context.Context, scope access.Scope, in *list) (List[Session], error) {
	return a.query.Sessions(ctx, scope, in.request())
}
