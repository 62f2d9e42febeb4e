package posthog

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/playheadhq/playhead/internal/intake"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/problem"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// events answers a POST of events.
func (h *Handler) events(rt *route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		work := h.gate.Work(r)
		defer work.Close()
		text, err := h.read(w, r, rt.path, work)
		if err != nil {
			h.fail(w, r, rt.path, err)
			return
		}
		h.deliver(w, r, rt, text, work)
		work.Drop(text)
	}
}

// pixel answers a GET with events in its query, as base64 in data. Clients sent events in this way before fetch and beacons existed.
func (h *Handler) pixel(rt *route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		work := h.gate.Work(r)
		defer work.Close()
		query := []byte(r.URL.RawQuery) // bounded by the server's header limit
		work.Count(int64(cap(query)))
		b := &body{intake.NewBody(h.gate.Limits, work, query), h.gate.Limits, work}
		value, found := formData(query)
		if !found {
			h.fail(w, r, rt.path, intake.BadRequest("empty", "the query contains no events: POST them, or put them into data"))
			return
		}
		err := h.gate.Begin(work)
		if err == nil {
			err = b.unwrap(value)
		}
		if err == nil {
			err = b.decode(http.Header{})
		}
		if err != nil {
			h.fail(w, r, rt.path, err)
			return
		}
		h.deliver(w, r, rt, b.Data, work)
	}
}

// deliver parses the JSON text, checks its tokens, passes its events to the sink, and answers.
func (h *Handler) deliver(w http.ResponseWriter, r *http.Request, rt *route, text []byte, work *intake.Work) {
	now := h.now().UnixMilli()
	p := h.parser(text, rt, work)
	p.library, p.maxEvents, p.nowMS = sender(r.Header), h.gate.Limits.Events, now
	err := p.parse()
	var token, project string
	if err == nil {
		if token, project, err = p.claim.decide(r.Header, rt.v1); err != nil {
			h.gate.Refused(err, p.sender(), len(p.events), now)
		}
	}
	if err == nil {
		err = work.Reserve(h.copies(p.events))
	}
	if err == nil {
		err = work.Charge(token)
	}
	if err != nil {
		h.fail(w, r, rt.path, err)
		return
	}
	d := &model.Delivery{Project: project, Source: rt.path, ReceivedMS: now, SentMS: p.sentMS, Refused: p.refused, Reserve: work.Reserve, Turn: work.Turn()}
	if len(p.events) > 0 {
		d.Arrivals = &arrivals{events: p.events, pace: rawjson.NewPace(work.Pause)}
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
			h.fail(w, r, rt.path, err)
			return
		}
	}
	h.gate.Delivered(rt.path, d, outcomes)
	if rt.v1 {
		writeJSON(w, perEvent(p.events, outcomes))
		return
	}
	writeJSON(w, []byte(`{"status":"Ok"}`))
}

// copies is the memory of the sink in addition to the body: it copies what it keeps of each event.
func (h *Handler) copies(events []incoming) (n int64) {
	for i := range events {
		n += min(int64(len(events[i].properties)), h.gate.Limits.Event)
	}
	return n
}

// parser starts to parse a body.
func (h *Handler) parser(text []byte, rt *route, work *intake.Work) *parser {
	return &parser{
		Scanner: rawjson.NewScanner(text, maxDepth, rawjson.NewPace(work.Pause)), route: rt, work: work, claim: claim{projectOf: h.projectOf},
	}
}

// sender returns the client according to the headers. Browsers send it in the events instead.
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
	return library{intake.Shorten(name), intake.Shorten(version)}
}

// sender returns the client of the request, from its headers or its first event.
func (p *parser) sender() string {
	if p.library.name != "" || len(p.events) == 0 {
		return p.library.String()
	}
	var named struct{ lib, version []byte } // browsers send it in the events
	for key, v := range rawjson.Members(rawjson.Trim(p.events[0].properties)) {
		switch string(key) {
		case "$lib":
			named.lib = v
		case "$lib_version":
			named.version = v
		}
	}
	return library{scalar(named.lib, 64), scalar(named.version, 64)}.String()
}

// headerClockMS returns the client's clock when it sent the request, if it is not in the body: v1 clients send it in a header, legacy posthog-js in the
// query. It is 0 if there is none.
func headerClockMS(r *http.Request) int64 {
	if text := r.Header.Get("PostHog-Request-Timestamp"); text != "" {
		return clockMS(quote(text))
	}
	if !strings.Contains(r.URL.RawQuery, "_=") {
		return 0
	}
	return clockMS(quote(r.URL.Query().Get("_")))
}

// perEvent is v1's answer: the result for each event, by uuid. Clients know ok, warning, drop and retry.
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

// ignore answers 200 to data that are not used here, so that the sender does not repeat them.
func (h *Handler) ignore(path string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		h.gate.Counted(path, "ignored")
		writeJSON(w, []byte(`{}`))
	}
}

// fail answers with a failure and logs it.
func (h *Handler) fail(w http.ResponseWriter, r *http.Request, path string, err error) {
	p := h.gate.Failed(w, r, path, sender(r.Header).String(), err)
	problem.Text(w, p.Status, p.Public)
}

// writeJSON answers 200, the only status that every client treats as success.
func writeJSON(w http.ResponseWriter, b []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(b)
}
