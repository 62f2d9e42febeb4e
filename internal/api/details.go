package api

import (
	"context"
	"strings"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/address"
	"github.com/playheadhq/playhead/internal/query"
)

// ProjectParam is the parameter of every reading route. The name is exported because parameters are only found in exported fields.
type ProjectParam struct {
	Project string `query:"project" example:"shop" doc:"The project to read; by default the first one. /api/projects lists them."`
}

func (p ProjectParam) project() string { return p.Project }

// The parameters of routes about one thing.
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

// Page has the parameters of routes with pages.
type Page struct {
	Cursor string `query:"cursor" doc:"The next of the previous answer; by default the beginning."`
	Limit  int    `query:"limit" default:"500" minimum:"1" maximum:"500" doc:"Rows of one answer. There are fewer if the answer reaches its maximum size."`
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
	SessionID
	Window string `query:"window" doc:"Only the activity in this tab."`
	FromMS int64  `query:"from" example:"1795418806254" doc:"Only activity that began at this time or later, in Unix milliseconds. Default or 0: the beginning."`
	ToMS   int64  `query:"to" doc:"Only activity that began before this time, in Unix milliseconds. Default or 0: the end."`
	Kinds  string `query:"kinds" example:"click,key" doc:"Only these kinds, separated by commas. Default: all."`
	Text   string `query:"q" doc:"Only activity that contains this text in its label, detail or page, regardless of case."`
	Page
}

type messagesPage struct {
	GenerationID
	Of     string `query:"of" required:"true" enum:"input,output" doc:"Which messages."`
	Cursor string `query:"cursor" doc:"A cursor of the generation's content, or the next of the previous answer; by default the beginning."`
	Limit  int    `query:"limit" default:"200" minimum:"1" maximum:"500" doc:"Parts of one answer. There are fewer if the answer reaches its maximum size."`
}

type rawPiece struct {
	GenerationID
	Of     string `query:"of" required:"true" enum:"input,output,tools,properties" doc:"Which part of the content."`
	Offset int64  `query:"offset" default:"0" minimum:"0" doc:"Start of the part, in bytes: the next of the previous answer."`
	Limit  int64  `query:"limit" default:"262144" minimum:"4" maximum:"1048576" doc:"Bytes of one answer."`
}

func (a *api) trace(ctx context.Context, scope access.Scope, in *TraceID) (TraceDetail, error) {
	return a.query.Trace(ctx, scope, address.ID(in.ID))
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

func (a *api) sessionTimeline(ctx context.Context, scope access.Scope, in *SessionID) (Timeline, error) {
	return a.query.Timeline(ctx, scope, address.ID(in.ID))
}

func (a *api) sessionActivity(ctx context.Context, scope access.Scope, in *activityPage) (SessionActivity, error) {
	r := query.ActivityRequest{SessionID: address.ID(in.ID), WindowID: in.Window, FromMS: in.FromMS, ToMS: in.ToMS, Text: in.Text, PageRequest: in.request()}
	if in.Kinds != "" {
		r.Kinds = strings.Split(in.Kinds, ",")
	}
	return a.query.Activity(ctx, scope, r)
}

type ConversationID struct {
	ProjectParam
	ID string `path:"id" doc:"The conversation's id as its sender chose it. Escape a / as %2F. Put a ~ before the ids . and .. and /, because clients would resolve them as parts of the path."`
}

type turnsPage struct {
	ConversationID
	Cursor string `query:"cursor" doc:"The turns_next of the conversation, or the next of the previous answer; by default the beginning."`
	Limit  int    `query:"limit" default:"50" minimum:"1" maximum:"50" doc:"Turns of one answer. There are fewer if the answer reaches its maximum size."`
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
