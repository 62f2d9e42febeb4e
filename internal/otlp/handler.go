package otlp

import (
	"context"
	"errors"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/playheadhq/playhead/internal/intake"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// Options are the options of a Handler. Sink, Project and Gate are required.
type Options struct {
	Sink intake.Sink
	// Project returns the project of a token, and whether the token is known.
	Project func(token string) (project string, known bool)
	// Gate admits, reads and counts requests.
	Gate *intake.Gate
	// Recorded reports whether a browser's session is being recorded. If it is nil, no session counts as recorded.
	Recorded func(ctx context.Context, project, sessionID string) bool
	// Now is the clock, time.Now when nil.
	Now func() time.Time
}

// Handler serves OTLP. It is safe for concurrent use.
type Handler struct {
	sink      intake.Sink
	projectOf func(token string) (project string, known bool)
	gate      *intake.Gate
	now       func() time.Time
	sessions  recordedSessions
}

// New returns a handler. It panics if something that is required is missing, because this is a programming error.
func New(o Options) *Handler {
	if o.Sink == nil || o.Project == nil || o.Gate == nil {
		panic("otlp: Options.Sink, Options.Project and Options.Gate are required")
	}
	h := &Handler{sink: o.Sink, projectOf: o.Project, gate: o.Gate, now: o.Now}
	if h.now == nil {
		h.now = time.Now
	}
	h.sessions.ask, h.sessions.now = o.Recorded, h.now
	return h
}

// routes are the paths of each signal. Metrics use a path as the name of its route.
var routes = []struct {
	path string
	of   *signal
}{
	{"/v1/traces", traces},
	{"/v1/logs", logs},
	{"/v1/metrics", metrics},
	{"/i/v0/ai/otel", traces},
	{"/i/v0/ai/otel/v1/traces", traces},
	{"/i/v1/traces", traces},
	{"/api/public/otel/v1/traces", traces},
}

// Register adds every path to mux, with and without a slash at its end.
func (h *Handler) Register(mux *http.ServeMux) {
	t := intake.Routes(mux)
	for _, route := range routes {
		t.Handle("POST", route.path, h.export(route.path, route.of))
	}
}

// export answers a request over HTTP.
func (h *Handler) export(path string, of *signal) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		asJSON, known := form(r.Header)
		var done exported
		err := error(intake.Unsupported("the content type " + strconv.Quote(rawjson.Clip(r.Header.Get("Content-Type"), 100)) + " is not supported: send application/x-protobuf or application/json"))
		if known {
			done, err = h.take(w, r, request{path: path, of: of, json: asJSON})
		}
		if err != nil {
			answerFailure(w, asJSON, h.gate.Failed(w, r, path, client(r.Header), err))
			return
		}
		answer(w, asJSON, of, done)
	}
}

// form says whether a body is JSON, and whether its content type is known here. Nearly all exporters send protobuf.
func form(header http.Header) (asJSON, known bool) {
	sent := header.Get("Content-Type")
	if sent == "" {
		return false, true
	}
	kind, _, err := mime.ParseMediaType(sent)
	if err != nil {
		kind, _, _ = strings.Cut(strings.ToLower(sent), ";")
	}
	switch strings.TrimSpace(kind) {
	case "application/json":
		return true, true
	case "application/x-protobuf", "application/protobuf", "application/octet-stream":
		return false, true
	}
	return false, false
}

// request is one request, over HTTP or gRPC.
type request struct {
	path string
	of   *signal
	json bool
	// unframe removes what surrounds the message in the body; nil removes the encodings of the header.
	unframe func(*intake.Body) error
}

// exported is the result of a request.
type exported struct {
	// refused is how many spans, log records or data points were not kept, and detail is why the first was not.
	refused int64
	detail  string
}

// take reads a request, passes its items to the sink, and returns when they are durable. Errors: those of intake.
func (h *Handler) take(w http.ResponseWriter, r *http.Request, req request) (exported, error) {
	work := h.gate.Work(r)
	defer work.Close()
	data, err := h.gate.Read(w, r, req.path, work, req.unframe)
	if err != nil {
		return exported{}, err
	}
	defer work.Drop(data)
	now := h.now().UnixMilli()
	pace := rawjson.NewPace(work.Pause)
	items, err := split(pace, req.of, data, req.json, h.gate.Limits.Events, work.Reserve)
	token, project := "", ""
	if err == nil {
		if token, project, err = h.claim(r); err != nil {
			h.gate.Refused(err, client(r.Header), len(items), now)
		}
	}
	if err == nil {
		err = work.Reserve(h.copies(items))
	}
	if err == nil {
		err = work.Charge(token)
	}
	if err != nil {
		return exported{}, err
	}
	d := &model.Delivery{Project: project, Source: req.path, ReceivedMS: now, Reserve: work.Reserve, Turn: work.Turn()}
	var outcomes []model.Outcome
	if len(items) > 0 {
		left := lookUps
		d.Arrivals = &arrivals{
			of: req.of, items: items, json: req.json, pace: pace, reserve: work.Reserve,
			recorded: func(id string) bool { return h.sessions.has(r.Context(), project, id, &left) },
		}
		outcomes, err = h.sink.Ingest(r.Context(), d)
		if err == nil && len(outcomes) != len(items) {
			err = errors.New("the sink answered for " + strconv.Itoa(len(outcomes)) + " of " + strconv.Itoa(len(items)) + " " + req.of.items)
		}
		if err != nil {
			return exported{}, err
		}
	}
	h.gate.Delivered(req.path, d, outcomes)
	var done exported
	for i := range outcomes {
		if refusal := outcomes[i].Refused; refusal != nil {
			if done.refused++; done.refused == 1 {
				done.detail = refusal.Detail
			}
		}
	}
	return done, nil
}

// copies is the memory that the sink takes in addition to the body: the sink copies what it keeps of each item.
func (h *Handler) copies(items []item) (n int64) {
	for i := range items {
		n += min(int64(len(items[i].raw)), h.gate.Limits.Event)
	}
	return n
}

// client is the sender as its headers say: "OTel-OTLP-Exporter-Python/1.41.0".
func client(header http.Header) string {
	name, _, _ := strings.Cut(header.Get("User-Agent"), " ")
	return intake.Shorten(name)
}
