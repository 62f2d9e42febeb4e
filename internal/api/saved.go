package api

import (
	"context"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/query"
)

// savedID is the parameter of routes about a view or a link.
type savedID struct {
	ProjectParam
	ID string `path:"id" format:"uuid" doc:"The id of the view or link."`
}

func (a *api) views(ctx context.Context, scope access.Scope, _ *ProjectParam) (List[View], error) {
	return a.query.Views(ctx, scope)
}

// ViewBody is a view to be saved.
type ViewBody struct {
	ID string `json:"id,omitempty" format:"uuid" doc:"The view to replace; by default a new one is created."`
	query.ViewState
}

func (ViewBody) sent() {}

type viewSaved struct {
	ProjectParam
	Body ViewBody
}

func (a *api) saveView(ctx context.Context, scope access.Scope, in *viewSaved) (View, error) {
	return a.query.SaveView(ctx, scope, in.Body.ID, in.Body.ViewState)
}

func (a *api) deleteView(ctx context.Context, scope access.Scope, in *savedID) error {
	return a.query.DeleteView(ctx, scope, in.ID)
}

type sharesOf struct {
	ProjectParam
	TraceID string `query:"trace_id" doc:"Only links to this trace."`
}

func (a *api) shares(ctx context.Context, scope access.Scope, in *sharesOf) (List[Share], error) {
	return a.query.SharedTraces(ctx, scope, in.TraceID)
}

// ShareBody says which trace to share.
type ShareBody struct {
	Trace     string `json:"trace" doc:"The trace's id."`
	ExpiresIn string `json:"expires_in" example:"7d" doc:"How long the link works, from 1m to 90d: minutes (m), hours (h) or days (d)."`
}

func (ShareBody) sent() {}

type shared struct {
	ProjectParam
	Body ShareBody
}

func (a *api) share(ctx context.Context, scope access.Scope, in *shared) (Share, error) {
	return a.query.ShareTrace(ctx, scope, query.ShareRequest{Trace: in.Body.Trace, ExpiresIn: in.Body.ExpiresIn})
}

func (a *api) unshare(ctx context.Context, scope access.Scope, in *savedID) error {
	return a.query.Unshare(ctx, scope, in.ID)
}
