package api

import (
	"context"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/address"
	"github.com/playheadhq/playhead/internal/query"
)

type dom struct {
	ProjectParam
	ID       string `path:"id" doc:"The browser's session id."`
	WindowID string `query:"window" doc:"The tab; by default the one that is shown at t."`
	AtMS     int64  `query:"t" example:"1795418806254" doc:"The instant, in Unix milliseconds. Default or 0: the first that can be shown."`
	After    int    `query:"after" doc:"Continues the list of nodes: nodes_next of the previous answer."`
}

func (a *api) dom(ctx context.Context, scope access.Scope, in *dom) (DOM, error) {
	return a.query.DOM(ctx, scope, query.DOMRequest{SessionID: address.ID(in.ID), WindowID: in.WindowID, AtMS: in.AtMS, After: in.After})
}
