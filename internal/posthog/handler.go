package posthog

import (
	"context"
	"log/slog"
	"net/http"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/playheadhq/playhead/internal/fair"
	"github.com/playheadhq/playhead/internal/model"
)

// Sink takes what was captured.
type Sink interface {
	// Ingest stores a delivery and returns one outcome for each of its events, in their order, once they are durable.
	// An error means that the whole of it may be sent again; one that is model.ErrUnavailable asks the client to.
	// The bytes that the delivery points to are used again when it has returned.
	Ingest(ctx context.Context, d *model.Delivery) ([]model.Outcome, error)
}

// Limits bound what one request, and all of them together, may take. Zero fields get their defaults.
type Limits struct {
	// Body is the most bytes a body may have on the wire; 64 MiB.
	Body int64
	// Decoded is the most bytes it may have when decompressed; 256 MiB. posthog-js sends 20-30 MB at worst.
	Decoded int64
	// Events is the most events one request may bring; 50,000. SDKs send a few hundred.
	Events int
	// Event is the most content of one event that the sink keeps, and therefore copies; 8 MiB.
	Event int64
	// InFlight is how many bytes all requests together may hold, on the wire, decoded and made into rows, until they are
	// stored; past it they are answered 503. 512 MiB. fair.Budget says who gets how much of it.
	InFlight int64
	// AddressShare and TokenShare are what one address and one project token may hold of InFlight, more than 0 and at most
	// 1; a half, and all of it.
	AddressShare, TokenShare float64
	// BodyTimeout is how long a body may take to arrive; one minute, after which posthog-js gives up too.
	BodyTimeout time.Duration
	// MinRate is how many bytes of a body must arrive a second, on the average after the first ten; none when it is negative,
	// 1 KiB when it is 0.
	MinRate int64
}

func (l Limits) withDefaults() Limits {
	if l.Body <= 0 {
		l.Body = 64 << 20
	}
	if l.Decoded <= 0 {
		l.Decoded = 256 << 20
	}
	if l.Events <= 0 {
		l.Events = 50_000
	}
	if l.InFlight <= 0 {
		l.InFlight = 512 << 20
	}
	if l.Event <= 0 {
		l.Event = 8 << 20
	}
	if l.AddressShare <= 0 || l.AddressShare > 1 {
		l.AddressShare = 0.5
	}
	if l.TokenShare <= 0 || l.TokenShare > 1 {
		l.TokenShare = 1
	}
	if l.BodyTimeout <= 0 {
		l.BodyTimeout = time.Minute
	}
	if l.MinRate == 0 {
		l.MinRate = 1 << 10
	}
	return l
}

// Recording says what browsers record besides the page itself. The zero value records console and network timing.
type Recording struct {
	// Off tells browsers not to record at all.
	Off bool
	// NoConsole and NoNetwork leave out the console, and requests with their timing.
	NoConsole bool
	NoNetwork bool
	// NetworkHeaders and NetworkBodies add what requests carry. posthog-js removes what looks like a secret from them,
	// which is no guarantee.
	NetworkHeaders bool
	NetworkBodies  bool
	// SampleRate is the share of sessions to record, 0 < rate < 1; everything else records all.
	SampleRate float64
}

// Options are what a Handler needs. Sink and Project are required.
type Options struct {
	Sink Sink
	// Project says whose a token is, and whether it is known.
	Project   func(token string) (project string, known bool)
	Limits    Limits
	Recording Recording
	// Turns divides the processors among requests; as many as there are when nil.
	Turns *fair.Turns
	// RetryAfter is what clients are asked to wait after a 503; 5 s. posthog-js heeds at most 30 s.
	RetryAfter time.Duration
	// Now is the clock; time.Now.
	Now func() time.Time
	// Logger gets rejected requests and failures; slog.Default().
	Logger *slog.Logger
	// Registerer gets the metrics; nil keeps them to the handler.
	Registerer prometheus.Registerer
}

// Handler serves the PostHog wire protocol. It is safe for concurrent use.
type Handler struct {
	sink       Sink
	projectOf  func(token string) (project string, known bool)
	limits     Limits
	recording  Recording
	retryAfter string
	now        func() time.Time
	log        *slog.Logger
	metrics    *metrics
	budget     *fair.Budget
	turns      *fair.Turns
	config     []byte // remote config, JSON
}

// New returns a handler. It panics when Options.Sink or Options.Project is missing, or when its metrics are registered
// already: both are mistakes of the program.
func New(o Options) *Handler {
	if o.Sink == nil || o.Project == nil {
		panic("posthog: Options.Sink and Options.Project are required")
	}
	h := &Handler{
		sink:       o.Sink,
		projectOf:  o.Project,
		limits:     o.Limits.withDefaults(),
		recording:  o.Recording,
		retryAfter: retryAfter(o.RetryAfter),
		now:        o.Now,
		log:        o.Logger,
		turns:      o.Turns,
		config:     remoteConfig(o.Recording),
	}
	if h.now == nil {
		h.now = time.Now
	}
	if h.log == nil {
		h.log = slog.Default()
	}
	if h.turns == nil {
		h.turns = fair.NewTurns(runtime.GOMAXPROCS(0))
	}
	h.budget = fair.NewBudget(h.limits.InFlight, h.limits.AddressShare, h.limits.TokenShare)
	h.metrics = newMetrics(o.Registerer, h.budget, h.turns)
	return h
}

// route is a path that events are posted to.
type route struct {
	// path is its canonical form, which is its name in metrics and in model.Delivery.
	path string
	// defaultName is the name of events that come without one.
	defaultName string
	// v1 says that tokens are Bearer tokens, answers are per event, and bodies differ (see restore).
	v1 bool
	// pixel says that events also come in the query of a GET.
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

// Register adds every path to mux, with and without the slash at its end.
func (h *Handler) Register(mux *http.ServeMux) {
	t := table{mux, map[string]bool{}}
	for _, rt := range routes {
		t.handle("POST", rt.path, h.events(rt))
		if rt.pixel {
			t.handle("GET", rt.path, h.pixel(rt))
		}
	}
	t.handle("POST", "/flags/", h.flags(false))
	t.handle("POST", "/decide/", h.flags(true))
	t.handle("POST", "/i/v1/logs", h.ignore("/i/v1/logs"))
	t.handle("POST", "/i/v1/metrics", h.ignore("/i/v1/metrics"))
	t.handle("GET", "/api/surveys/", h.surveys)
	t.handle("GET", "/array/{token}/config.js", h.configScript)
	t.handle("GET", "/array/{token}/config", h.configJSON)
	t.handle("GET", "/array/{token}/array.js", h.script)
	t.handle("GET", "/static/{file}", h.script)
	t.handle("GET", "/static/{version}/{file}", h.script)
}
