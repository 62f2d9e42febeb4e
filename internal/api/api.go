// Package api serves the results of package query as JSON over HTTP, for the UI and for other programs. Every route is in routes.go. Its description
// is /api/openapi.json, which is generated from the types and committed.
package api

//go:generate go test . -run TestOpenAPI -update

import (
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/klauspost/compress/gzhttp"

	"github.com/playheadhq/playhead/internal/problem"
	"github.com/playheadhq/playhead/internal/query"
)

// Options of New.
type Options struct {
	Query *query.Service
	// Version is the version of the server.
	Version string
	Logger  *slog.Logger
	// ClipScript is the script of the player that each clip contains.
	ClipScript []byte
}

type api struct {
	query      *query.Service
	logger     *slog.Logger
	now        func() time.Time
	clipScript []byte
}

// New returns the handler of everything under /api/. Answers are compressed with zstd or gzip when the client accepts it.
func New(o Options) (http.Handler, error) {
	mux := http.NewServeMux()
	described := describe(mux, newAPI(o), o.Version)
	asJSON, err := marshalIndent(described.OpenAPI())
	if err != nil {
		return nil, fmt.Errorf("describe the API: %w", err)
	}
	asYAML, err := described.OpenAPI().YAML()
	if err != nil {
		return nil, fmt.Errorf("describe the API: %w", err)
	}
	mux.Handle("GET /api/openapi.json", document("application/openapi+json", asJSON))
	mux.Handle("GET /api/openapi.yaml", document("application/openapi+yaml", asYAML))
	mux.HandleFunc("/api/", unknown)

	compress, err := gzhttp.NewWrapper(gzhttp.MinSize(1024), gzhttp.EnableZstd(true), gzhttp.PreferZstd(true))
	if err != nil {
		return nil, err
	}
	return private(compress(mux)), nil
}

func newAPI(o Options) *api {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &api{query: o.Query, logger: o.Logger, now: time.Now, clipScript: o.ClipScript}
}

// describe registers all routes on mux.
func describe(mux *http.ServeMux, a *api, version string) huma.API {
	described := newDescribed(mux, version)
	a.register(described)
	allowNull(described.OpenAPI())
	return described
}

// newDescribed is a description without routes.
func newDescribed(mux *http.ServeMux, version string) huma.API {
	described := humago.New(mux, huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "Playhead", Version: version,
				Description: "What AI features did and what their users saw. Fields that end in _ms are Unix milliseconds, fields that end in _s are " +
					"durations in seconds, null means not known. Lists run from newest to oldest unless sort says otherwise; pass `next` as `cursor` to read the next page. " +
					"No answer has more than 4 MiB of JSON, except recordings. If there is more, a field (`next`, `…_next`) has the cursor for the " +
					"route that reads the rest; at the end it is null. " +
					"Errors are problem details (RFC 9457) whose `detail` says what to do. If a parameter is not valid, `position` is the character at which parsing stopped, from 0.",
			},
			Components: &huma.Components{Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)},
		},
		Formats:       map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat},
		DefaultFormat: "application/json",
		Transformers:  []huma.Transformer{explain},
	})
	described.UseMiddleware(refuseUnknown(described))
	return described
}

// private keeps answers out of shared caches and asks browsers to check theirs.
func private(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "private, no-cache")
		next.ServeHTTP(w, r)
	})
}

func document(contentType string, body []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.Write(body)
	})
}

// unknown answers requests for which there is no route.
func unknown(w http.ResponseWriter, r *http.Request) {
	status, detail := http.StatusNotFound, fmt.Sprintf("There is no route %s. /api/openapi.json lists all routes.", r.URL.Path)
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		status, detail = http.StatusMethodNotAllowed, "This route only reads: use GET."
	}
	problem.Write(w, status, kindOf(status), detail)
}
