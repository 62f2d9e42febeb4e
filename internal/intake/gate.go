// Package intake admits requests that bring data, reads their bodies, and counts and answers what fails, for every protocol alike. All protocols of a
// server share one Gate, so that no client gets more by speaking two of them. What is in a body is not its business.
package intake

import (
	"context"
	"log/slog"
	"net/http"
	"runtime"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/playheadhq/playhead/internal/fair"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/remote"
)

// Sink stores what clients send.
type Sink interface {
	// Ingest stores a delivery and returns one outcome for each of its events, in their order, when they are durable. After an error the whole delivery
	// may be sent again; model.ErrUnavailable asks the client to do so. Ingest must not keep the bytes of the delivery after it returns, because they
	// are reused.
	Ingest(ctx context.Context, d *model.Delivery) ([]model.Outcome, error)
}

// Limits restricts single requests, and all of them together. Zero fields get their defaults.
type Limits struct {
	// Body is the largest body on the wire, in bytes; 64 MiB.
	Body int64
	// Decoded is the largest decompressed body, in bytes; 256 MiB. posthog-js sends 20-30 MB at most.
	Decoded int64
	// Events is the largest number of events in a request; 50,000. SDKs send a few hundred.
	Events int
	// Event is the most content of one event that the sink keeps, and therefore copies, in bytes; 16 MiB.
	Event int64
	// InFlight is the memory of all requests together, in bytes, on the wire, decoded and as rows, until they are stored; 256 MiB. Requests beyond it
	// are answered 503. fair.Budget divides it.
	InFlight int64
	// AddressShare and TokenShare are the shares of InFlight that one address and one project token can use, more than 0 and at most 1; a half, and all
	// of it.
	AddressShare, TokenShare float64
	// BodyTimeout is how long a body may take to arrive; one minute, after which posthog-js gives up too.
	BodyTimeout time.Duration
	// MinRate is how many bytes of a body must arrive per second on average, after the first ten seconds. Negative means no limit; 0 means 1 KiB.
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
		l.InFlight = 256 << 20
	}
	if l.Event <= 0 {
		l.Event = 16 << 20
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

// Options are the options of a Gate. None is required.
type Options struct {
	Limits Limits
	// Turns divides processor time among requests. nil means as many turns as processors.
	Turns *fair.Turns
	// RetryAfter is how long clients are asked to wait after a 503; 5 s. posthog-js waits at most 30 s.
	RetryAfter time.Duration
	// Now is the clock; time.Now.
	Now func() time.Time
	// Logger gets rejected requests and failures; slog.Default().
	Logger *slog.Logger
	// Registerer gets the metrics; nil keeps them to the gate.
	Registerer prometheus.Registerer
}

// Gate is what all requests that bring data share. It is safe for concurrent use.
type Gate struct {
	Limits     Limits
	retryAfter string
	log        *slog.Logger
	metrics    *metrics
	budget     *fair.Budget
	// largeBodies are the slots for large bodies.
	largeBodies fair.Slots
	turns       *fair.Turns
	strangers   tally
	rejections  rejections
	now         func() time.Time
}

// New returns a gate. It panics if its metrics are already registered, which is a programming error.
func New(o Options) *Gate {
	g := &Gate{Limits: o.Limits.withDefaults(), retryAfter: retryAfter(o.RetryAfter), log: o.Logger, turns: o.Turns, now: o.Now}
	if g.now == nil {
		g.now = time.Now
	}
	if g.log == nil {
		g.log = slog.Default()
	}
	if g.turns == nil {
		g.turns = fair.NewTurns(runtime.GOMAXPROCS(0))
	}
	g.budget = fair.NewBudget(g.Limits.InFlight, g.Limits.AddressShare, g.Limits.TokenShare)
	g.metrics = newMetrics(o.Registerer, g.budget, g.turns)
	return g
}

// retryAfter formats a duration as whole seconds, at least one.
func retryAfter(d time.Duration) string {
	if d <= 0 {
		d = 5 * time.Second
	}
	return strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10)
}

// InFlight is the memory of all open requests, and their number.
func (g *Gate) InFlight() (bytes int64, requests int) { return g.budget.InFlight() }

// Read receives a request's body and decodes it with decode; nil removes the encodings of its header. wire is the body's length as sent. The work has
// a turn afterwards. Errors: *Failure, or the error of the connection.
func (g *Gate) Read(w http.ResponseWriter, r *http.Request, path string, work *Work, decode func(*Body) error) (data []byte, err error) {
	b := NewBody(g.Limits, work, nil)
	err = b.Receive(w, r)
	g.metrics.wire.WithLabelValues(path).Add(float64(len(b.Data)))
	if err == nil {
		err = work.Begin(g.turns)
	}
	if err == nil && decode != nil {
		err = decode(b)
	} else if err == nil {
		err = b.Inflate(r.Header)
	}
	if err != nil {
		b.Drop()
		return nil, err
	}
	g.metrics.decoded.WithLabelValues(path).Add(float64(len(b.Data)))
	return b.Data, nil
}

// Begin waits until a request without a body may use a processor.
func (g *Gate) Begin(work *Work) error { return work.Begin(g.turns) }

// Counted counts a request that brought no events, by its outcome.
func (g *Gate) Counted(path, outcome string) { g.metrics.requests.WithLabelValues(path, outcome).Inc() }

// Failed counts and logs a request that failed, and returns what its client is told. client is its library, "" if unknown. It sets Retry-After if the
// client should send again.
func (g *Gate) Failed(w http.ResponseWriter, r *http.Request, path, client string, err error) *Failure {
	p := failureOf(err)
	g.Counted(path, p.Outcome)
	g.rejections.add(r, client, p, g.now().UnixMilli())
	level, message := g.level(p)
	g.log.Log(context.WithoutCancel(r.Context()), level, message,
		"route", path, "outcome", p.Outcome, "status", p.Status, "error", p, "client", client, "remote", remote.From(r).String())
	if p.Status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", g.retryAfter)
	}
	return p
}
