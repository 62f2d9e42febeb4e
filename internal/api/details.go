package api

import (
	"context"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/address"
	"github.com/playheadhq/playhead/internal/query"
)

// ProjectParam is what every route takes that reads. The names are exported because parameters are found in exported fields alone.
type ProjectParam struct {
	Project string `query:"project" example:"shop" doc:"The project to read; by default the first one. /api/projects lists them."`
}

func (p ProjectParam) project() string { return p.Project }

// What routes about one thing take.
type TraceID struct {
	ProjectParam
	ID string `path:"id" doc:"The trace's id as its sender chose it. Escape a / as %2F. Put a ~ before the ids . and .. and /, because clients would resolve them as parts of the path."`
}

type GenerationID struct {
	ProjectParam
	ID string `path:"id" format:"uuid" doc:"The uuid of the event."`
}

type SessionID struct {
	ProjectParam
	ID string `path:"id" doc:"The browser's session id. Escape a / as %2F. Put a ~ before the ids . and .. and /, because clients would resolve them as parts of the path."`
}

// Page is what routes take that read on in something.
type Page struct {
	Cursor string `query:"cursor" doc:"The next of the previous answer; by default the beginning."`
	Limit  int    `query:"limit" default:"500" minimum:"1" maximum:"500" doc:"Rows of one answer. It has fewer if it reaches its maximal size."`
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

type activityPage struct {
	SessionPage
	Window string `query:"window" doc:"Only the activity in this tab. A cursor is valid only for its tab."`
}

type messagesPage struct {
	GenerationID
	Of     string `query:"of" required:"true" enum:"input,output" doc:"Which messages."`
	Cursor string `query:"cursor" doc:"A cursor of the generation's content, or the next of the previous answer; by default the beginning."`
	Limit  int    `query:"limit" default:"200" minimum:"1" maximum:"500" doc:"Parts of one answer. It has fewer if it reaches its maximal size."`
}

type rawPiece struct {
	GenerationID
	Of     string `query:"of" required:"true" enum:"input,output,tools,properties" doc:"Which part of what was sent."`
	Offset int64  `query:"offset" default:"0" minimum:"0" doc:"Start of the piece, in bytes: the next of the previous piece."`
	Limit  int64  `query:"limit" default:"262144" minimum:"4" maximum:"1048576" doc:"Bytes of one piece."`
}

func (a *api) trace(ctx context.Context, scope access.Scope, in *TraceID) (TraceDetail, error) {
	return a.query.Trace(ctx, scope, address.ID(in.ID))
}

func (a *api) traceNodes(ctx context.Context, scope access.Scope, in *tracePage) (List[Node], error) {
	return a.query.TraceNodes(ctx, scope, address.ID(in.ID), in.request())
}

func (a *api) traceFeedback(ctx context.Context, scope access.Scope, in *tracePage) (List[Feedback], error) {
	return a.query.TraceFeedback(ctx, scope, address.ID(in.ID), in.request())
}

func (a *api) generation(ctx context.Context, scope access.Scope, in *GenerationID) (GenerationDetail, error) {
	return a.query.Generation(ctx, scope, in.ID)
}

func (a *api) messages(ctx context.Context, scope access.Scope, in *messagesPage) (List[Message], error) {
	return a.query.Messages(ctx, scope, in.ID, query.MessagesRequest{Of: in.Of, PageRequest: query.PageRequest{Limit: in.Limit, Cursor: in.Cursor}})
}

func (a *api) raw(ctx context.Context, scope access.Scope, in *rawPiece) (Raw, error) {
	return a.query.Raw(ctx, scope, in.ID, query.RawRequest{Of: in.Of, Offset: in.Offset, Limit: in.Limit})
}

func (a *api) session(ctx context.Context, scope access.Scope, in *SessionID) (SessionDetail, error) {
	return a.query.Session(ctx, scope, address.ID(in.ID))
}

func (a *api) sessionGenerations(ctx context.Context, scope access.Scope, in *SessionPage) (List[SessionGeneration], error) {
	return a.query.SessionGenerations(ctx, scope, address.ID(in.ID), in.request())
}

func (a *api) sessionActivity(ctx context.Context, scope access.Scope, in *activityPage) (List[Activity], error) {
	return a.query.SessionActivity(ctx, scope, address.ID(in.ID), in.Window, in.request())
}

type ConversationID struct {
	ProjectParam
	ID string `path:"id" doc:"The conversation's id as its sender chose it. Escape a / as %2F. Write the ids . and .. and / with a ~ before them, since clients take them for directions."`
}

type turnsPage struct {
	ConversationID
	Cursor string `query:"cursor" doc:"The turns_next of the conversation, or the next of the answer before; without it the beginning."`
	Limit  int    `query:"limit" default:"50" minimum:"1" maximum:"50" doc:"Turns of one answer. It ends earlier where it is full."`
}

func (a *api) conversation(ctx context.Context, scope access.Scope, in *ConversationID) (ConversationDetail, error) {
	return a.query.Conversation(ctx, scope, address.ID(in.ID))
}

func (a *api) turns(ctx context.Context, scope access.Scope, in *turnsPage) (List[Turn], error) {
	return a.query.ConversationTurns(ctx, scope, address.ID(in.ID), query.PageRequest{Limit: in.Limit, Cursor: in.Cursor})
}

func (a *api) status(ctx context.Context, scope access.Scope, _ *ProjectParam) (Status, error) {
	return a.query.Status(ctx, scope)
}
