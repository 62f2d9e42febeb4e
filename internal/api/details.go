package api

import "context"

type traceID struct {
	ID string `path:"id" doc:"The trace's id as its sender chose it."`
}

type generationID struct {
	ID string `path:"id" format:"uuid" doc:"The uuid of the event."`
}

type sessionID struct {
	ID string `path:"id" doc:"The browser's session id."`
}

func (a *api) trace(ctx context.Context, in *traceID) (TraceDetail, error) {
	return a.query.Trace(ctx, in.ID)
}

func (a *api) generation(ctx context.Context, in *generationID) (GenerationDetail, error) {
	return a.query.Generation(ctx, in.ID)
}

func (a *api) session(ctx context.Context, in *sessionID) (SessionDetail, error) {
	return a.query.Session(ctx, in.ID)
}

func (a *api) status(ctx context.Context, _ *struct{}) (Status, error) {
	return a.query.Status(ctx)
}
