package api

import (
	"context"

	"github.com/playheadhq/playhead/internal/address"
	"github.com/playheadhq/playhead/internal/query"
)

// What routes about one thing take. The names are exported because parameters are found in exported fields alone.
type TraceID struct {
	ID string `path:"id" doc:"The trace's id as its sender chose it. Escape a / as %2F. Write the ids . and .. and / with a ~ before them, since clients take them for directions."`
}

type GenerationID struct {
	ID string `path:"id" format:"uuid" doc:"The uuid of the event."`
}

type SessionID struct {
	ID string `path:"id" doc:"The browser's session id. Escape a / as %2F. Write the ids . and .. and / with a ~ before them, since clients take them for directions."`
}

// Page is what routes take that read on in something.
type Page struct {
	Cursor string `query:"cursor" doc:"The next of the answer before; without it the beginning."`
	Limit  int    `query:"limit" default:"500" minimum:"1" maximum:"500" doc:"Rows of one answer. It ends earlier where it is full."`
}

func (p Page) request() query.PageRequest { return query.PageRequest{Limit: p.Limit, Cursor: p.Cursor} }

type tracePage struct {
	TraceID
	Page
}

type SessionPage struct {
	SessionID
	Page
}

type stepsPage struct {
	SessionPage
	Window string `query:"window" doc:"Only the steps of this tab. A cursor goes with the tab it was made for."`
}

type messagesPage struct {
	GenerationID
	Of     string `query:"of" required:"true" enum:"input,output" doc:"Which messages."`
	Cursor string `query:"cursor" doc:"A cursor of the generation's content, or the next of the answer before; without it the beginning."`
	Limit  int    `query:"limit" default:"200" minimum:"1" maximum:"500" doc:"Parts of one answer. It ends earlier where it is full."`
}

type rawPiece struct {
	GenerationID
	Of     string `query:"of" required:"true" enum:"input,output,tools,properties" doc:"Which part of what was sent."`
	Offset int64  `query:"offset" default:"0" minimum:"0" doc:"Where the piece begins, in bytes: the next of the piece before."`
	Limit  int64  `query:"limit" default:"262144" minimum:"4" maximum:"1048576" doc:"Bytes of one piece."`
}

func (a *api) trace(ctx context.Context, in *TraceID) (TraceDetail, error) {
	return a.query.Trace(ctx, address.ID(in.ID))
}

func (a *api) traceNodes(ctx context.Context, in *tracePage) (List[Node], error) {
	return a.query.TraceNodes(ctx, address.ID(in.ID), in.request())
}

func (a *api) traceFeedback(ctx context.Context, in *tracePage) (List[Feedback], error) {
	return a.query.TraceFeedback(ctx, address.ID(in.ID), in.request())
}

func (a *api) generation(ctx context.Context, in *GenerationID) (GenerationDetail, error) {
	return a.query.Generation(ctx, in.ID)
}

func (a *api) messages(ctx context.Context, in *messagesPage) (List[Message], error) {
	return a.query.Messages(ctx, in.ID, query.MessagesRequest{Of: in.Of, PageRequest: query.PageRequest{Limit: in.Limit, Cursor: in.Cursor}})
}

func (a *api) raw(ctx context.Context, in *rawPiece) (Raw, error) {
	return a.query.Raw(ctx, in.ID, query.RawRequest{Of: in.Of, Offset: in.Offset, Limit: in.Limit})
}

func (a *api) session(ctx context.Context, in *SessionID) (SessionDetail, error) {
	return a.query.Session(ctx, address.ID(in.ID))
}

func (a *api) sessionMarks(ctx context.Context, in *SessionPage) (List[Mark], error) {
	return a.query.SessionMarks(ctx, address.ID(in.ID), in.request())
}

func (a *api) sessionSteps(ctx context.Context, in *stepsPage) (List[Step], error) {
	return a.query.SessionSteps(ctx, address.ID(in.ID), in.Window, in.request())
}

func (a *api) status(ctx context.Context, _ *struct{}) (Status, error) {
	return a.query.Status(ctx)
}
