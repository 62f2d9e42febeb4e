package api

import (
	"context"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/playheadhq/playhead/internal/query"
)

type mediaAt struct {
	GenerationID
	Of string `query:"of" required:"true" enum:"input,output" doc:"Whether the message is part of the input or the output."`
	At string `query:"at" required:"true" example:"1204" doc:"The reference in the message's address."`
}

// media answers with untrusted data, never as a document that could run anything on this origin.
func (a *api) media(ctx context.Context, in *mediaAt) (*huma.StreamResponse, error) {
	scope, err := a.query.Scope(in.project())
	if err != nil {
		return nil, a.fail(ctx, err)
	}
	m, err := a.query.Media(ctx, scope, in.ID, query.MediaRequest{Of: in.Of, At: in.At})
	if err != nil {
		return nil, a.fail(ctx, err)
	}
	return mediaAnswer(m, "private, max-age=86400, immutable"), nil
}

// mediaAnswer is an answer with data that browsers may cache as cache says.
func mediaAnswer(m query.Media, cache string) *huma.StreamResponse {
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		hc.SetHeader("Content-Type", m.Type)
		hc.SetHeader("Content-Length", strconv.Itoa(len(m.Data)))
		hc.SetHeader("X-Content-Type-Options", "nosniff")
		hc.SetHeader("Content-Security-Policy", "default-src 'none'; sandbox")
		hc.SetHeader("Cross-Origin-Resource-Policy", "same-origin")
		hc.SetHeader("Cache-Control", cache)
		if !m.Shown {
			hc.SetHeader("Content-Disposition", "attachment")
		}
		_, _ = hc.BodyWriter().Write(m.Data) // an error means that the client disconnected
	}}
}
