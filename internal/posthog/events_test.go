package posthog

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/playheadhq/playhead/internal/model"
)

const event = `{"event":"e","distinct_id":"u","properties":{"token":"phc_x"}}`

// manyKnown are 40 events, each with its own token of one project. No real client has so many tokens.
var manyKnown = func() string {
	var b strings.Builder
	for i := range 40 {
		fmt.Fprintf(&b, `{"event":"e","distinct_id":"u","properties":{"token":"shop.%d"}},`, i)
	}
	return b.String()
}()

// scenario is one request, its answer, and what the sink got.
type scenario struct {
	name    string
	options func(*options)
	sinkErr error
	method  string // POST
	path    string // /e/
	header  map[string]string
	body    string

	status   int // 200
	contains string
	// retry means that the answer must have Retry-After.
	retry bool
	// delivered has the names of the events, comma-separated; "-" means that nothing may be delivered.
	delivered string
	refused   string // reason*count, comma-separated
	project   string // of the delivery; "" is not checked
	check     func(t *testing.T, d *model.Delivery)
}

func (sc scenario) run(t *testing.T) {
	mux, s := newServer(sc.options)
	s.err = sc.sinkErr
	method, path, status := sc.method, sc.path, sc.status
	if method == "" {
		method = "POST"
	}
	if path == "" {
		path = "/e/"
	}
	if status == 0 {
		status = http.StatusOK
	}
	r := httptest.NewRequest(method, path, strings.NewReader(sc.body))
	r.Header.Set("Origin", "http://app.test")
	for name, value := range sc.header {
		r.Header.Set(name, value)
	}
	w := serve(mux, r)
	if w.Code != status || !strings.Contains(w.Body.String(), sc.contains) {
		t.Errorf("%d %s; want %d and %q in it", w.Code, w.Body, status, sc.contains)
	}
	if w.Header().Get("Access-Control-Allow-Origin") != "*" || w.Header().Get("Access-Control-Expose-Headers") != "Retry-After" {
		t.Errorf("no CORS headers: %v", w.Header())
	}
	if retry := w.Header().Get("Retry-After"); (retry != "") != sc.retry {
		t.Errorf("Retry-After: %q", retry)
	}
	if status != http.StatusOK && !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") {
		t.Errorf("an error is %q", w.Header().Get("Content-Type"))
	}
	var delivered, refused []string
	for _, d := range s.deliveries {
		if sc.project != "" && d.Project != sc.project {
			t.Errorf("delivered to project %q, want %q", d.Project, sc.project)
		}
		for _, in := range eventsOf(d) {
			delivered = append(delivered, in.name)
		}
		for _, r := range d.Refused {
			refused = append(refused, fmt.Sprintf("%s*%d", r.Reason, r.Count))
		}
	}
	want := sc.delivered
	if want == "-" {
		want = ""
		if len(s.deliveries) > 0 {
			t.Error("something was delivered")
		}
	}
	if got := strings.Join(delivered, ","); got != want {
		t.Errorf("delivered %q, want %q", got, want)
	}
	if got := strings.Join(refused, ","); got != sc.refused {
		t.Errorf("refused %q, want %q", got, sc.refused)
	}
	if sc.check != nil && len(s.deliveries) == 1 {
		sc.check(t, s.deliveries[0])
	}
}

func TestShapes(t *testing.T) {
	for _, sc := range []scenario{
		{name: "one event", body: event, delivered: "e"},
		{name: "an array", body: `[` + event + `,` + event + `]`, delivered: "e,e"},
		{name: "a batch before its token", body: `{"batch":[{"event":"a"},{"event":"b"}],"api_key":"phc_x"}`, delivered: "a,b"},
		{name: "a batch with token", body: `{"token":"phc_x","historical_migration":true,"batch":[{"event":"a"}]}`, delivered: "a"},
		{name: "one event with api_key", body: `{"api_key":"phc_x","event":"a","properties":null}`, delivered: "a"},
		{name: "a token in one of the events", body: `[{"event":"a"},` + event + `]`, delivered: "a,e"},
		{name: "a project", body: `{"api_key":"shop.a","batch":[{"event":"a"}]}`, delivered: "a", project: "shop"},
		{name: "several tokens of one project", body: `[{"event":"a","token":"shop.a"},{"event":"b","properties":{"token":"shop.b"}}]`, delivered: "a,b", project: "shop"},
		{name: "a property of the program's own named token", body: `{"api_key":"shop.a","batch":[{"event":"a","properties":{"token":"phc_unknown"}},{"event":"b","properties":{"token":7}}]}`, delivered: "a,b", project: "shop"},
		{name: "v1 says in its header whose its events are", path: "/i/v1/analytics/events", header: map[string]string{"Authorization": "Bearer shop.a"}, body: `{"api_key":"phc_unknown","batch":[{"event":"a","properties":{"token":"phc_unknown"}}]}`,
			contains: `"ok"`, delivered: "a", project: "shop"},
		{name: "a Bearer token", path: "/batch/", header: map[string]string{"Authorization": "Bearer phc_x"}, body: `{"batch":[{"event":"a"}]}`, delivered: "a"},
		{name: "engage", path: "/engage/", body: `{"$token":"phc_x","$distinct_id":"u","$set":{"name":"n"}}`, delivered: "$identify",
			check: func(t *testing.T, d *model.Delivery) {
				if in := eventsOf(d)[0]; in.distinctID != "u" || string(in.set) != `{"name":"n"}` || string(in.properties) != "{}" {
					t.Errorf("%+v", in)
				}
			}},
		{name: "an empty batch", body: `{"api_key":"phc_x","batch":[]}`, delivered: "-"},
		{name: "no events, but a known token", header: map[string]string{"Authorization": "Bearer phc_x"}, body: `[]`, delivered: "-"},
		{name: "everything escaped", body: `{"\u0061pi_key":"\u0070hc_x","batch":[{"\u0065vent":"\u00e9\ud83d\ude00\"","distinct_id":"\ud800"}]}`, delivered: "é😀\"",
			check: func(t *testing.T, d *model.Delivery) {
				if eventsOf(d)[0].distinctID != "\ufffd" {
					t.Errorf("%q", eventsOf(d)[0].distinctID)
				}
			}},
		{name: "fields of other types", body: `{"api_key":"phc_x","batch":[{"event":"a","uuid":7,"distinct_id":42,"timestamp":1795420097636,"offset":"x","properties":[1],"$set":3,"$set_once":null}]}`,
			delivered: "a", check: func(t *testing.T, d *model.Delivery) {
				in := eventsOf(d)[0]
				if in.id != "" || in.distinctID != "42" || in.timestamp != "1795420097636" || in.offsetMS != -1 || string(in.properties) != "{}" || in.set != nil || in.setOnce != nil {
					t.Errorf("%+v", in)
				}
			}},
		{name: "distinct_id at the top before the one inside", body: `{"api_key":"phc_x","batch":[{"event":"a","distinct_id":"top","properties":{"distinct_id":"inside"}},{"event":"b","distinct_id":"","properties":{"distinct_id":"inside"}}]}`,
			delivered: "a,b", check: func(t *testing.T, d *model.Delivery) {
				if eventsOf(d)[0].distinctID != "top" || eventsOf(d)[1].distinctID != "inside" {
					t.Errorf("%q, %q", eventsOf(d)[0].distinctID, eventsOf(d)[1].distinctID)
				}
			}},
		{name: "the event as it was sent", body: `[ {"event" : "a","properties":{"token":"phc_x", "x":"\ud800","x":1e400} , "offset": 2500.7} ]`,
			delivered: "a", check: func(t *testing.T, d *model.Delivery) {
				in := eventsOf(d)[0]
				if string(in.raw) != `{"event" : "a","properties":{"token":"phc_x", "x":"\ud800","x":1e400} , "offset": 2500.7}` ||
					string(in.properties) != `{"token":"phc_x", "x":"\ud800","x":1e400}` || in.offsetMS != 2500 {
					t.Errorf("%q %q %d", in.raw, in.properties, in.offsetMS)
				}
			}},
		{name: "elements that are no events", path: "/batch/", header: map[string]string{"User-Agent": "posthog-go/1.5.2"},
			body:      `{"api_key":"phc_x","batch":[1,{"event":"a"},null,"x",[{"event":"no"}],true,{"event":"b"}]}`,
			delivered: "a,b", refused: "not_an_object*5", check: func(t *testing.T, d *model.Delivery) {
				if r := d.Refused[0]; r.Library != "posthog-go/1.5.2" || r.AtMS != now.UnixMilli() || r.Bytes == 0 || !strings.Contains(r.Detail, "a number") {
					t.Errorf("%+v", r)
				}
			}},
		{name: "nothing but refusals", header: map[string]string{"Authorization": "Bearer phc_x"}, body: `[1,2]`, refused: "not_an_object*2"},
		{name: "an event that nests too deep",
			body:      `[` + event + `,{"event":"deep","properties":{"$lib":"web","$lib_version":"1","a":` + strings.Repeat("[", maxDepth+1) + strings.Repeat("]", maxDepth+1) + `}},` + event + `]`,
			delivered: "e,e", refused: "too_deep*1", check: func(t *testing.T, d *model.Delivery) {
				if r := d.Refused[0]; r.Event != "deep" || r.Library != "web/1" {
					t.Errorf("%+v", r)
				}
			}},
		{name: "sent_at in an element", path: "/s", body: `[{"event":"$snapshot","properties":{"token":"phc_x"},"sent_at":"2026-11-23T07:26:51.037+00:00"}]`,
			delivered: "$snapshot", check: sentAt(1795418811037)},
		{name: "the client's clock in the query", path: "/e/?ip=1&_=1795420097636&ver=1.240.0", body: event, delivered: "e", check: sentAt(1795420097636)},
		{name: "an unreadable clock", body: `{"api_key":"phc_x","batch":[{"event":"a"}],"sent_at":"yesterday"}`, delivered: "a", check: sentAt(0)},
		{name: "a pixel", method: "GET", path: "/e/?data=eyJldmVudCI6ImEiLCJhcGlfa2V5IjoicGhjX3gifQ%3D%3D&ip=1", delivered: "a"},
		{name: "a pixel without events", method: "GET", path: "/e/?ip=1", status: 400, contains: "the query contains no events", delivered: "-"},
		{name: "logs", path: "/i/v1/logs", body: `{}`, delivered: "-"},
		{name: "metrics", path: "/i/v1/metrics/", body: `{}`, delivered: "-"},
	} {
		t.Run(sc.name, sc.run)
	}
}

func sentAt(ms int64) func(*testing.T, *model.Delivery) {
	return func(t *testing.T, d *model.Delivery) {
		if d.SentMS != ms {
			t.Errorf("sent at %d, want %d", d.SentMS, ms)
		}
	}
}

func TestRefusedRequests(t *testing.T) {
	for _, sc := range []scenario{
		{name: "no token", body: `{"event":"a"}`, status: 401, contains: "no project token"},
		{name: "unknown token", body: `{"event":"a","api_key":"phc_unknown"}`, status: 401, contains: `unknown project token "phc_unknown"`},
		{name: "one unknown token among the events", body: `[` + event + `,{"event":"b","properties":{"token":"phc_unknown"}}]`, status: 401},
		{name: "an unknown token after many known ones", body: `[` + manyKnown + `{"event":"b","properties":{"token":"phc_unknown"}}]`, status: 401, contains: `unknown project token "phc_unknown"`},
		{name: "events of two projects", body: `[{"event":"a","properties":{"token":"shop.a"}},{"event":"b","properties":{"token":"help.a"}}]`, status: 400, contains: `two projects, "shop" and "help", so nothing of it was accepted`},
		{name: "an event of another project after many of one", body: `[` + manyKnown + `{"event":"b","properties":{"token":"help.a"}}]`, status: 400, contains: "two projects"},
		{name: "an event of another project than the batch", body: `{"api_key":"shop.a","batch":[{"event":"a"},{"event":"b","properties":{"token":"help.a"}}]}`, status: 400, contains: `"shop" and "help"`},
		{name: "a batch of another project than its first event", body: `{"batch":[{"event":"b","token":"help.a"}],"api_key":"shop.a"}`, status: 400, contains: `"shop" and "help"`},
		{name: "an event that carries two projects", body: `[{"event":"b","token":"help.a","properties":{"token":"shop.a"}}]`, status: 400, contains: "two projects"},
		{name: "two batches' tokens", body: `{"token":"help.a","batch":[{"event":"b"}],"api_key":"shop.a"}`, status: 400, contains: "two projects"},
		{name: "another project in the header", header: map[string]string{"Authorization": "Bearer help.a"}, body: `{"api_key":"shop.a","batch":[{"event":"a"}]}`, status: 400, contains: "two projects"},
		{name: "v1 with an event of another project", path: "/i/v1/analytics/events", header: map[string]string{"Authorization": "Bearer shop.a"}, body: `{"batch":[{"event":"a","properties":{"token":"help.a"}}]}`, status: 400, contains: "two projects"},
		{name: "a token that is no string", body: `{"event":"a","api_key":{"a":1}}`, status: 401},
		{name: "empty", status: 400, contains: "empty"},
		{name: "white space", body: " \n", status: 400, contains: "empty"},
		{name: "not JSON", body: `hello!`, status: 400, contains: `there is 'h' at byte 0`},
		{name: "a string", body: `"hello"`, status: 400, contains: "an object or array"},
		{name: "half an array", body: `[` + event, status: 400, contains: "a comma or ]"},
		{name: "two bodies", body: event + event, status: 400, contains: "the end"},
		{name: "a broken event among good ones", body: `[` + event + `,{"event":"b","properties":{"a":tru}}]`, status: 400, contains: "true"},
		{name: "a batch that is no array", body: `{"api_key":"phc_x","batch":{}}`, status: 400, contains: "an array of events"},
		{name: "a control character", body: "{\"event\":\"a\nb\"}", status: 400, contains: "control character"},
		{name: "half a gzip", body: string(gzipped([]byte(event))[:30]), status: 400, contains: "not valid gzip"},
		{name: "a gzip with a wrong sum", body: spoil(gzipped([]byte(event))), status: 400, contains: "not valid gzip"},
		{name: "gzip that is none", header: map[string]string{"Content-Encoding": "gzip"}, body: "hello", status: 400, contains: "Content-Encoding is gzip"},
		{name: "brotli that is none", header: map[string]string{"Content-Encoding": "br"}, body: "hello", status: 400, contains: "not valid brotli"},
		{name: "zstd that is none", header: map[string]string{"Content-Encoding": "zstd"}, body: "hello", status: 400, contains: "not valid zstd"},
		{name: "deflate that is none", header: map[string]string{"Content-Encoding": "deflate"}, body: "hello", status: 400, contains: "not valid deflate"},
		{name: "an encoding nobody sends", header: map[string]string{"Content-Encoding": "compress"}, body: "hello", status: 415, contains: `"compress" is not supported`},
		{name: "encodings without end", header: map[string]string{"Content-Encoding": "gzip, gzip, gzip"}, body: "hello", status: 415},
		{name: "a form without data", header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, body: "a=1", status: 400, contains: "no field named data"},
		{name: "a form with garbage", body: "data=%%%", status: 400, contains: "neither JSON nor base64"},
		{name: "flags without a token", path: "/flags/?v=2", body: `{"distinct_id":"u"}`, status: 401},
		{name: "flags with an unknown token", path: "/decide/?v=4", body: `{"api_key":"phc_unknown"}`, status: 401},
		{name: "config of an unknown token", method: "GET", path: "/array/phc_unknown/config", status: 401},
		{name: "config.js of an unknown token", method: "GET", path: "/array/phc_unknown/config.js", status: 401},
		{name: "surveys without a token", method: "GET", path: "/api/surveys/", status: 401},
		{name: "v1 without a Bearer token", path: "/i/v1/analytics/events", body: `{"batch":[` + event + `]}`, status: 401},
		{name: "storage cannot take it", sinkErr: fmt.Errorf("disk: %w", model.ErrUnavailable), body: event, status: 503, retry: true, contains: "again later", delivered: "e"},
		{name: "the sink fails", sinkErr: errors.New("secret detail"), body: event, status: 500, contains: "internal error: see the server's log\n", delivered: "e"},
	} {
		if sc.delivered == "" {
			sc.delivered = "-"
		}
		t.Run(sc.name, sc.run)
	}
}

func spoil(b []byte) string {
	b[len(b)-6]++
	return string(b)
}

// TestPaths posts to every path with and without the slash at its end.
func TestPaths(t *testing.T) {
	mux, s := newServer(nil)
	for _, path := range []string{"/e", "/i/v0/e", "/capture", "/track", "/engage", "/batch", "/s", "/i/v0/ai/batch", "/i/v1/analytics/events", "/flags", "/decide", "/i/v1/logs", "/i/v1/metrics"} {
		for _, slash := range []string{"", "/"} {
			r := httptest.NewRequest("POST", path+slash, strings.NewReader(event))
			r.Header.Set("Authorization", "Bearer phc_x")
			if w := serve(mux, r); w.Code != http.StatusOK {
				t.Errorf("%s%s: %d %s", path, slash, w.Code, w.Body)
			}
			if w := serve(mux, httptest.NewRequest("OPTIONS", path+slash, nil)); w.Code != http.StatusNoContent {
				t.Errorf("preflight of %s%s: %d", path, slash, w.Code)
			}
			if w := serve(mux, httptest.NewRequest("PUT", path+slash, nil)); w.Code != http.StatusMethodNotAllowed {
				t.Errorf("PUT %s%s: %d", path, slash, w.Code)
			}
		}
	}
	if len(s.deliveries) != 18 {
		t.Errorf("%d deliveries", len(s.deliveries))
	}
}

// TestV1 tests the protocol of POSTHOG_CAPTURE_MODE=v1. Its clients move some properties out of the properties object; these are put back. Each event
// gets its own answer.
func TestV1(t *testing.T) {
	mux, s := newServer(nil)
	s.outcome = func(i int, in incoming) model.Outcome {
		switch i {
		case 1:
			return model.Outcome{ID: in.id, Refused: &model.Refusal{Reason: model.ReasonNoName, Detail: "the event has no name"}}
		case 2:
			return model.Outcome{ID: in.id, Truncated: true}
		case 3:
			return model.Outcome{ID: "minted"}
		}
		return model.Outcome{ID: in.id}
	}
	r := httptest.NewRequest("POST", "/i/v1/analytics/events", strings.NewReader(string(gzipped([]byte(`{"created_at":"2026-11-23T07:00:00.000Z","batch":[
		{"event":"a","uuid":"u0","distinct_id":"d","timestamp":"2026-11-23T06:59:00Z","session_id":"s","window_id":"w","options":{"process_person_profile":false,"cookieless_mode":true,"unknown":1},"properties":{ "x":1}},
		{"event":"","uuid":"u1","distinct_id":"d","options":{},"properties":{}},
		{"event":"c","uuid":"u2","distinct_id":"d","options":{"product_tour_id":"p"},"properties":{ }},
		{"event":"d","distinct_id":"d","properties":{"$lib":"own"}}]}`)))))
	r.Header.Set("Content-Encoding", "gzip")
	r.Header.Set("Authorization", "Bearer phc_x")
	r.Header.Set("PostHog-Sdk-Info", "posthog-node/5.70.0")
	r.Header.Set("PostHog-Request-Timestamp", "2026-11-23T07:00:05.000Z")
	w := serve(mux, r)
	if w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	for path, want := range map[string]string{
		"results.u0": `{"result":"ok"}`, "results.u1": `{"result":"drop","details":"the event has no name"}`,
		"results.u2.result": `"warning"`, "results.minted.result": `"ok"`,
	} {
		if got := gjson.Get(w.Body.String(), path).Raw; got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	d := s.deliveries[0]
	if d.SentMS != 1795417205000 {
		t.Errorf("sent at %d", d.SentMS)
	}
	if in := eventsOf(d)[0]; in.sessionID != "s" || in.windowID != "w" {
		t.Errorf("%+v", in)
	}
	for i, want := range []string{
		`{"$lib":"posthog-node","$lib_version":"5.70.0","$process_person_profile":false,"$cookieless_mode":true,"x":1}`,
		`{"$lib":"posthog-node","$lib_version":"5.70.0"}`,
		`{"$lib":"posthog-node","$lib_version":"5.70.0","$product_tour_id":"p"}`,
		`{"$lib":"own"}`,
	} {
		if got := string(eventsOf(d)[i].properties); got != want {
			t.Errorf("properties of event %d: %s, want %s", i, got, want)
		}
	}
}
