package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"golang.org/x/sync/semaphore"

	"github.com/playheadhq/playhead/internal/address"
	"github.com/playheadhq/playhead/internal/problem"
	"github.com/playheadhq/playhead/internal/query"
)

// Guests use addresses under query.SharePath and the token of their link, with the same paths as the API for readers: /shared/TOKEN/api/traces/ID.
// These are all routes for guests, and each of them calls only query.Guest.

// tokenKey finds a guest's token in a request's context.
type tokenKey struct{}

// HideToken removes the tokens of guests from paths, before anything else sees a request: tokens are secrets, and paths are logged.
func HideToken(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, rest, ok := cutToken(r.URL.Path)
		if !ok {
			next.ServeHTTP(w, r)
			return
		}
		hidden := r.Clone(context.WithValue(r.Context(), tokenKey{}, token))
		hidden.URL.Path = strings.TrimSuffix(query.SharePath, "/") + rest
		hidden.URL.RawPath = ""
		if _, rest, ok := cutToken(r.URL.EscapedPath()); ok {
			hidden.URL.RawPath = strings.TrimSuffix(query.SharePath, "/") + rest
		}
		hidden.RequestURI = hidden.URL.RequestURI()
		next.ServeHTTP(w, hidden)
	})
}

// cutToken splits /shared/TOKEN/rest.
func cutToken(path string) (token, rest string, ok bool) {
	after, ok := strings.CutPrefix(path, query.SharePath)
	if !ok || after == "" {
		return "", "", false
	}
	token, rest, _ = strings.Cut(after, "/")
	return token, "/" + rest, true
}

const (
	// guestsAtOnce limits how many requests of guests are answered at the same time, for all links together, so that a link that was passed around
	// does not keep others from reading. guestWait is how long a request waits for its turn.
	guestsAtOnce = 8
	guestWait    = 5 * time.Second
)

// Guests returns the handler of everything under /shared/, for requests whose tokens were removed by HideToken. page serves the page.
func Guests(o Options, page http.Handler) http.Handler {
	a := newAPI(o)
	mux := http.NewServeMux()
	to := newDescribed(mux, o.Version)
	guest(a, to, "/api/traces/{id}", func(ctx context.Context, g *query.Guest, in *guestTrace) (TraceDetail, error) {
		return g.Trace(ctx, address.ID(in.ID))
	})
	huma.Register(to, guestOperation("/api/traces/{id}/nodes"), func(ctx context.Context, in *guestNodes) (*huma.StreamResponse, error) {
		g, err := a.guest(ctx)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		nodes, err := g.TraceNodes(ctx, address.ID(in.ID), in.Cursor)
		return a.nodeLines(ctx, in.ID, nodes, err)
	})
	guest(a, to, "/api/traces/{id}/feedback", func(ctx context.Context, g *query.Guest, in *guestPage) (List[Feedback], error) {
		return g.TraceFeedback(ctx, address.ID(in.ID), query.PageRequest{Limit: in.Limit, Cursor: in.Cursor})
	})
	guest(a, to, "/api/shared", func(_ context.Context, g *query.Guest, _ *struct{}) (Shared, error) { return g.Shared(), nil })
	guest(a, to, "/api/generations/{id}", func(ctx context.Context, g *query.Guest, in *guestTrace) (GenerationDetail, error) {
		return g.Generation(ctx, in.ID)
	})
	guest(a, to, "/api/generations/{id}/messages", func(ctx context.Context, g *query.Guest, in *guestMessages) (List[Message], error) {
		return g.Messages(ctx, in.ID, query.MessagesRequest{Of: in.Of, PageRequest: query.PageRequest{Limit: in.Limit, Cursor: in.Cursor}})
	})
	guest(a, to, "/api/generations/{id}/raw", func(ctx context.Context, g *query.Guest, in *guestRaw) (Raw, error) {
		return g.Raw(ctx, in.ID, query.RawRequest{Of: in.Of, Offset: in.Offset, Limit: in.Limit})
	})
	guest(a, to, "/api/sessions/{id}", func(ctx context.Context, g *query.Guest, in *guestTrace) (SessionDetail, error) {
		return g.Session(ctx, address.ID(in.ID))
	})
	huma.Register(to, guestOperation("/api/generations/{id}/media"), func(ctx context.Context, in *guestMedia) (*huma.StreamResponse, error) {
		g, err := a.guest(ctx)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		m, err := g.Media(ctx, in.ID, query.MediaRequest{Of: in.Of, At: in.At})
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return mediaAnswer(m, "no-store"), nil
	})
	huma.Register(to, guestOperation("/api/sessions/{id}/snapshots"), func(ctx context.Context, in *guestSnapshots) (*huma.StreamResponse, error) {
		g, err := a.guest(ctx)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		events, err := g.Snapshots(ctx, query.SnapshotsRequest{SessionID: address.ID(in.ID), WindowID: in.WindowID, AtMS: in.AtMS, UntilMS: in.UntilMS})
		return a.lines(ctx, in.ID, events, err)
	})
	mux.Handle("GET /shared/{$}", page)
	mux.HandleFunc("/shared/", func(w http.ResponseWriter, _ *http.Request) {
		problem.Write(w, http.StatusNotFound, "not-found", "This link shows only one trace.")
	})
	turns := semaphore.NewWeighted(guestsAtOnce)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		h.Set("X-Robots-Tag", "noindex, nofollow")
		waiting, cancel := context.WithTimeout(r.Context(), guestWait)
		defer cancel()
		if turns.Acquire(waiting, 1) != nil {
			h.Set("Retry-After", "5")
			problem.Write(w, http.StatusServiceUnavailable, "unavailable", "Too many links are being opened at the moment. Try again in a few seconds.")
			return
		}
		defer turns.Release(1)
		mux.ServeHTTP(w, r)
	})
}

// guest adds a route for guests that answers with JSON.
func guest[I, O any](a *api, to huma.API, path string, use func(context.Context, *query.Guest, *I) (O, error)) {
	huma.Register(to, guestOperation(path), func(ctx context.Context, in *I) (*answer[O], error) {
		g, err := a.guest(ctx)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		out, err := use(ctx, g, in)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return &answer[O]{out}, nil
	})
}

func (a *api) guest(ctx context.Context) (*query.Guest, error) {
	token, _ := ctx.Value(tokenKey{}).(string)
	return a.query.Guest(ctx, token)
}

func guestOperation(path string) huma.Operation {
	o := operation("/shared"+path, "guest"+strings.NewReplacer("/", "-", "{", "", "}", "").Replace(path), path, "")
	o.Hidden = true
	return o
}

// Parameters of the routes for guests: those of readers' routes without the project, which the link determines.
type guestTrace struct {
	ID string `path:"id"`
}

type guestNodes struct {
	ID     string `path:"id"`
	Cursor string `query:"cursor"`
}

type guestPage struct {
	ID     string `path:"id"`
	Cursor string `query:"cursor"`
	Limit  int    `query:"limit" default:"500"`
}

type guestMessages struct {
	ID     string `path:"id"`
	Of     string `query:"of"`
	Cursor string `query:"cursor"`
	Limit  int    `query:"limit" default:"200"`
}

type guestRaw struct {
	ID     string `path:"id"`
	Of     string `query:"of"`
	Offset int64  `query:"offset"`
	Limit  int64  `query:"limit" default:"262144"`
}

type guestMedia struct {
	ID string `path:"id"`
	Of string `query:"of"`
	At string `query:"at"`
}

type guestSnapshots struct {
	ID       string `path:"id"`
	WindowID string `query:"window"`
	AtMS     int64  `query:"t"`
	UntilMS  int64  `query:"until"`
}
