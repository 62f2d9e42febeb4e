package posthog

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/problem"
	"github.com/playheadhq/playhead/internal/rawjson"
	"github.com/playheadhq/playhead/internal/remote"
)

// events answers a POST of events.
func (h *Handler) events(rt *route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		work := h.newWork(r)
		defer work.close()
		text, wire, err := h.read(w, r, work)
		h.metrics.wire.WithLabelValues(rt.path).Add(float64(wire))
		if err != nil {
			h.end(w, r, rt, work, err)
			return
		}
		h.metrics.decoded.WithLabelValues(rt.path).Add(float64(len(text)))
		h.deliver(w, r, rt, text, work)
		work.drop(text)
	}
}

// pixel answers a GET that carries events in its query, base64 in data: what was sent before fetch and beacons.
func (h *Handler) pixel(rt *route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		work := h.newWork(r)
		defer work.close()
		query := []byte(r.URL.RawQuery) // bounded by the server's header limit
		work.lease.Count(int64(cap(query)))
		b := &body{limits: h.limits, work: work, data: query}
		value, found := formData(query)
		if !found {
			h.fail(w, r, rt.path, badRequest("empty", "the query contains no events: POST them, or put them into data"))
			return
		}
		err := work.begin(h.turns)
		if err == nil {
			err = b.unwrap(value)
		}
		if err == nil {
			err = b.decode(http.Header{})
		}
		if err != nil {
			h.end(w, r, rt, work, err)
			return
		}
		h.deliver(w, r, rt, b.data, work)
	}
}

// deliver parses the JSON text, checks its tokens, hands its events to the sink and answers.
func (h *Handler) deliver(w http.ResponseWriter, r *http.Request, rt *route, text []byte, work *work) {
	now := h.now().UnixMilli()
	p := h.parser(text, rt, work)
	p.library, p.maxEvents, p.nowMS = sender(r.Header), h.limits.Events, now
	err := p.parse()
	var token, project string
	if err == nil {
		token, project, err = p.claim.decide(r.Header, rt.v1)
	}
	if err == nil {
		err = work.reserve(h.copies(p.events))
	}
	if err == nil {
		err = work.charge(token)
	}
	if err != nil {
		h.end(w, r, rt, work, err)
		return
	}
	d := &model.Delivery{Project: project, Source: rt.path, ReceivedMS: now, SentMS: p.sentMS, Refused: p.refused, Reserve: work.reserve, Turn: work.turn}
	if len(p.events) > 0 {
		d.Arrivals = &arrivals{events: p.events, pace: rawjson.NewPace(work.pause)}
	}
	if ms := headerClockMS(r); ms != 0 {
		d.SentMS = ms
	}
	var outcomes []model.Outcome
	if len(p.events)+len(d.Refused) > 0 {
		outcomes, err = h.sink.Ingest(r.Context(), d)
		if err == nil && len(outcomes) != len(p.events) {
			err = errors.New("the sink answered for " + strconv.Itoa(len(outcomes)) + " of " + strconv.Itoa(len(p.events)) + " events")
		}
		if err != nil {
			h.end(w, r, rt, work, err)
			return
		}
	}
	h.metrics.delivered(rt.path, d, outcomes)
	if rt.v1 {
		writeJSON(w, perEvent(p.events, outcomes))
		return
	}
	writeJSON(w, []byte(`{"status":"Ok"}`))
}

// end answers a request whose work ended with a failure.
func (h *Handler) end(w http.ResponseWriter, r *http.Request, rt *route, work *work, err error) {
	h.fail(w, r, rt.path, err)
}

// copies is how much the sink holds besides the body: it copies what it keeps of each event.
func (h *Handler) copies(events []incoming) (n int64) {
	for i := range events {
		n += min(int64(len(events[i].properties)), h.limits.Event)
	}
	return n
}

// parser begins to take a body apart.
func (h *Handler) parser(text []byte, rt *route, work *work) *parser {
	return &parser{
		Scanner: rawjson.NewScanner(text, maxDepth, rawjson.NewPace(work.pause)), route: rt, work: work, claim: claim{projectOf: h.projectOf},
	}
}

// sender is the client as its headers call it; browsers say it in the events.
func sender(header http.Header) library {
	info := header.Get("PostHog-Sdk-Info")
	if info == "" {
		info = header.Get("User-Agent")
		if !strings.HasPrefix(info, "posthog-") {
			return library{}
		}
	}
	info, _, _ = strings.Cut(info, " ")
	name, version, _ := strings.Cut(info, "/")
	return library{shorten(name), shorten(version)}
}

// headerClockMS is the client's clock at sending where it stands beside the body: in a header of v1 clients, in the
// query of legacy posthog-js. 0 when there is none.
func headerClockMS(r *http.Request) int64 {
	if text := r.Header.Get("PostHog-Request-Timestamp"); text != "" {
		return clockMS(quote(text))
	}
	if !strings.Contains(r.URL.RawQuery, "_=") {
		return 0
	}
	return clockMS(quote(r.URL.Query().Get("_")))
}

// perEvent is v1's answer: what became of each event, by uuid. Clients know ok, warning, drop and retry.
func perEvent(events []incoming, outcomes []model.Outcome) []byte {
	b := []byte(`{"results":{`)
	for i, o := range outcomes {
		id := events[i].id
		if id == "" {
			id = o.ID
		}
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(b, quote(id)...), `:{"result":`...)
		switch {
		case o.Refused != nil:
			b = append(append(b, `"drop","details":`...), quote(o.Refused.Detail)...)
		case o.Truncated:
			b = append(b, `"warning","details":"larger than allowed: kept with part of its content cut off"`...)
		default:
			b = append(b, `"ok"`...)
		}
		b = append(b, '}')
	}
	return append(b, `}}`...)
}

// ignore takes what is not used here, so that its sender is content.
func (h *Handler) ignore(path string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		h.metrics.requests.WithLabelValues(path, "ignored").Inc()
		writeJSON(w, []byte(`{}`))
	}
}

// fail answers with a failure and says so in the log.
func (h *Handler) fail(w http.ResponseWriter, r *http.Request, path string, err error) {
	p := failureOf(err)
	h.metrics.requests.WithLabelValues(path, p.outcome).Inc()
	level, message := h.level(p)
	h.log.Log(context.WithoutCancel(r.Context()), level, message,
		"route", path, "outcome", p.outcome, "status", p.status, "error", p, "client", sender(r.Header).String(), "remote", remote.From(r).String())
	if p.status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", h.retryAfter)
	}
	problem.Text(w, p.status, p.public)
}

// writeJSON answers 200, the one status that every client takes for success.
func writeJSON(w http.ResponseWriter, b []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(b)
}
