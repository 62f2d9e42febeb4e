package posthog

import (
	"net/http"
	"time"

	"github.com/playheadhq/playhead/internal/intake"
)

// Recording is what browsers record in addition to the page. The zero value records the console and network timing.
type Recording struct {
	// Off turns recording off.
	Off bool
	// NoConsole and NoNetwork leave out the console, and requests with their timing.
	NoConsole bool
	NoNetwork bool
	// NetworkHeaders and NetworkBodies add the headers and bodies of requests. posthog-js tries to remove secrets from them, but this is not guaranteed.
	NetworkHeaders bool
	NetworkBodies  bool
	// SampleRate is the share of sessions to record, 0 < rate < 1. Any other value records all.
	SampleRate float64
}

// Options are the options of a Handler. Sink, Project and Gate are required.
type Options struct {
	Sink intake.Sink
	// Project returns the project of a token, and whether the token is known.
	Project func(token string) (project string, known bool)
	// Gate admits, reads and counts requests.
	Gate      *intake.Gate
	Recording Recording
	// Now is the clock; time.Now.
	Now func() time.Time
}

// Handler serves the PostHog wire protocol. It is safe for concurrent use.
type Handler struct {
	sink      intake.Sink
	projectOf func(token string) (project string, known bool)
	gate      *intake.Gate
	recording Recording
	now       func() time.Time
	config    []byte // remote config, JSON
}

// New returns a handler. It panics if a required option is missing, because this is a programming error.
func New(o Options) *Handler {
	if o.Sink == nil || o.Project == nil || o.Gate == nil {
		panic("posthog: Options.Sink, Options.Project and Options.Gate are required")
	}
	h := &Handler{sink: o.Sink, projectOf: o.Project, gate: o.Gate, recording: o.Recording, now: o.Now, config: remoteConfig(o.Recording)}
	if h.now == nil {
		h.now = time.Now
	}
	return h
}

// route is a path that accepts POSTs of events.
type route struct {
	// path is its canonical form, which is also its name in metrics and in model.Delivery.
	path string
	// defaultName is the name of events without a name.
	defaultName string
	// v1 means that tokens are Bearer tokens, that each event gets its own answer, and that bodies differ (see restore).
	v1 bool
	// pixel means that events can also be in the query of a GET.
	pixel bool
}

var routes = []*route{
	{path: "/e/", pixel: true},
	{path: "/i/v0/e/", pixel: true},
	{path: "/capture/", pixel: true},
	{path: "/track/", pixel: true},
	{path: "/engage/", pixel: true, defaultName: "$identify"},
	{path: "/batch/"},
	{path: "/s/"},
	{path: "/i/v0/ai/batch/"},
	{path: "/i/v1/analytics/events", v1: true},
}

// Register adds every path to mux, with and without a slash at its end.
func (h *Handler) Register(mux *http.ServeMux) {
	t := intake.Routes(mux)
	for _, rt := range routes {
		t.Handle("POST", rt.path, h.events(rt))
		if rt.pixel {
			t.Handle("GET", rt.path, h.pixel(rt))
		}
	}
	t.Handle("POST", "/flags/", h.flags(false))
	t.Handle("POST", "/decide/", h.flags(true))
	t.Handle("POST", "/i/v1/logs", h.ignore("/i/v1/logs"))
	t.Handle("POST", "/i/v1/metrics", h.ignore("/i/v1/metrics"))
	t.Handle("GET", "/api/surveys/", h.surveys)
	t.Handle("GET", "/array/{token}/config.js", h.configScript)
	t.Handle("GET", "/array/{token}/config", h.configJSON)
	t.Handle("GET", "/array/{token}/array.js", h.script)
	t.Handle("GET", "/static/playhead-probe.js", h.serveProbe)
	t.Handle("GET", "/static/{file}", h.script)
	t.Handle("GET", "/static/{version}/{file}", h.script)
}
