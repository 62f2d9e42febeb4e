package api

import (
	"context"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/playheadhq/playhead/internal/access"
)

type assetAt struct {
	ProjectParam
	URL string `query:"url" required:"true" example:"https://cdn.example.com/style.css" doc:"The address as the page has it, absolute."`
}

func (a *api) assetHosts(_ context.Context, _ access.Scope, _ *ProjectParam) (AssetHosts, error) {
	return a.query.AssetHosts(), nil
}

// assetPolicy is for an SVG that is opened by itself, which is a document: it runs nothing, loads nothing, and is of no origin.
const assetPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; sandbox"

// asset answers with what another host sent: of a type from a list, and never as a document that could run anything here.
func (a *api) asset(ctx context.Context, in *assetAt) (*huma.StreamResponse, error) {
	scope, err := a.query.Scope(in.project())
	if err != nil {
		return nil, a.fail(ctx, err)
	}
	m, err := a.query.Asset(ctx, scope, in.URL)
	if err != nil {
		return nil, a.fail(ctx, err)
	}
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		kind := m.Type
		if kind == "text/css" {
			kind += "; charset=utf-8"
		}
		hc.SetHeader("Content-Type", kind)
		hc.SetHeader("Content-Length", strconv.Itoa(len(m.Data)))
		hc.SetHeader("X-Content-Type-Options", "nosniff")
		hc.SetHeader("Content-Security-Policy", assetPolicy)
		hc.SetHeader("Cross-Origin-Resource-Policy", "same-origin")
		hc.SetHeader("Cache-Control", "private, max-age=86400")
		_, _ = hc.BodyWriter().Write(m.Data) // an error says that the client left
	}}, nil
}
