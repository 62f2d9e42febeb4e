package posthog

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"testing"
	"unicode/utf8"

	"github.com/playheadhq/playhead/internal/heavy"
	"github.com/playheadhq/playhead/internal/intake"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/testfile"
)

// FuzzBody sends arbitrary bodies. Each must get an answer without a panic, and all memory must be released. A refused request must deliver nothing.
// What is delivered must be JSON in valid UTF-8.
func FuzzBody(f *testing.F) {
	for _, fx := range fixtures(f) {
		if fx.Method == "POST" && len(fx.body) < 20_000 {
			f.Add(fx.body, fx.Header.Get("Content-Encoding"), fx.Header.Get("Content-Type"), uint8(len(fx.body)))
			if bytes.HasPrefix(fx.body, []byte("\x1f\x8b")) {
				plain := testfile.Gunzip(f, fx.body)
				f.Add(plain, "", "application/json", uint8(0))
				f.Add(zstded(plain), "zstd", "", uint8(8))
				f.Add(brotlied(plain), "br", "", uint8(8))
				f.Add(zlibbed(plain), "deflate", "", uint8(5))
			}
		}
	}
	f.Add([]byte(`[1,"x",null,{"event":"e","properties":{"token":"t"}}]`), "", "", uint8(0))
	f.Add([]byte(`{"batch":[{"event":"e","options":{"process_person_profile":false},"properties":{}}],"token":"t"}`), "", "", uint8(8))
	f.Add([]byte("{\"event\":\"\xff\",\"token\":\"t\",\"properties\":{\"a\":\"\xc3\"}}"), "", "", uint8(0))

	for _, s := range heavy.Shapes {
		f.Add(heavy.Batch("t", heavy.Event(1, "$ai_input", s.Value(2<<10))), "", "", uint8(8))
	}

	s := &sink{}
	h := New(Options{Sink: s, Project: func(string) (string, bool) { return "p", true }, Gate: intake.New(intake.Options{
		Logger: slog.New(slog.DiscardHandler), Limits: intake.Limits{Body: 1 << 20, Decoded: 4 << 20, Events: 1000}})})
	mux := http.NewServeMux()
	h.Register(mux)
	f.Fuzz(func(t *testing.T, body []byte, encoding, contentType string, pick uint8) {
		s.deliveries = nil
		path := routes[int(pick)%len(routes)].path
		r, err := http.NewRequest("POST", path, io.NopCloser(bytes.NewReader(body)))
		if err != nil {
			t.Fatal(err)
		}
		r.ContentLength = int64(len(body))
		r.Header = http.Header{"Content-Encoding": {encoding}, "Content-Type": {contentType}, "Authorization": {"Bearer t"}, "Posthog-Sdk-Info": {"posthog-node/5"}}
		w := serve(mux, r)
		if w.Code != http.StatusOK && len(s.deliveries) > 0 {
			t.Fatalf("%d, and %d deliveries", w.Code, len(s.deliveries))
		}
		if used, n := h.gate.InFlight(); used != 0 || n != 0 {
			t.Fatalf("%d bytes in %d leases are lost", used, n)
		}
		for _, d := range s.deliveries {
			for i, in := range eventsOf(d) {
				a := model.NewArrival()
				if err := d.Arrivals.Read(i, &a); err != nil {
					t.Fatal(err)
				}
				checkArrival(t, &a)
				for _, raw := range [][]byte{in.raw, in.properties, in.set, in.setOnce} {
					if raw != nil && (!json.Valid(raw) || raw[0] != '{' || !utf8.Valid(raw)) {
						t.Fatalf("delivered %q", raw)
					}
				}
			}
		}
	})
}

// checkArrival checks that ingest can accept an arrival: its JSON is valid and its texts are short.
func checkArrival(t *testing.T, a *model.Arrival) {
	t.Helper()
	if a.Refused != "" {
		return
	}
	for _, raw := range [][]byte{a.Input, a.Output, a.Tools, a.Properties, a.Recording} {
		if raw != nil && !json.Valid(raw) {
			t.Fatalf("%q arrives", raw)
		}
	}
	e := &a.Event
	for _, text := range []string{e.DistinctID, e.SessionID, e.WindowID, e.TraceID, e.SpanID, e.ParentID, e.ConversationID} {
		if len(text) > model.MaxID {
			t.Fatalf("an id of %d bytes", len(text))
		}
	}
	if len(e.Name) > model.MaxName || len(e.Env) > model.MaxName || len(e.URL) > model.MaxURL || len(e.Error) > model.MaxError || len(e.MetricValue) > model.MaxValue {
		t.Fatalf("long texts: %+v", e)
	}
	if len(e.Properties) > model.MaxProperties {
		t.Fatalf("%d properties", len(e.Properties))
	}
	for i, p := range e.Properties {
		if n := len(p.Name) + len(p.Value); n > model.MaxPropertyBytes || p.Name == "" || i > 0 && e.Properties[i-1].Name >= p.Name || !utf8.ValidString(p.Name+p.Value) {
			t.Fatalf("properties %q", e.Properties)
		}
	}
}

// FuzzForm checks that the form decoder returns what was put into the form.
func FuzzForm(f *testing.F) {
	f.Add([]byte(`{"a":1}`), uint8(0))
	f.Add([]byte(`[{"event":"é+ %"}]`), uint8(7))
	f.Add([]byte{0xfb, 0xff, 0xbf}, uint8(3))
	f.Fuzz(func(t *testing.T, data []byte, pick uint8) {
		encodings := []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding}
		text := []byte(encodings[pick&3].EncodeToString(data))
		if pick&4 != 0 {
			text = bytes.ReplaceAll(text, []byte("+"), []byte("%2b"))
			text = bytes.ReplaceAll(text, []byte("="), []byte("%3D"))
		}
		if pick&8 != 0 {
			text = bytes.ReplaceAll(text, []byte("+"), []byte(" "))
		}
		work := alone()
		b := bodyOf(work, nil)
		b.Data = append([]byte("x=1&data="), text...)
		b.work.Count(int64(cap(b.Data)))
		value, found := formData(b.Data)
		if !found {
			t.Fatal("no data")
		}
		if err := b.unwrap(value); err != nil || !bytes.Equal(b.Data, data) {
			t.Fatalf("%q gave %q, %v", text, b.Data, err)
		}
		// Arbitrary bytes as a form: no panic.
		b = bodyOf(alone(), append([]byte("data="), data...))
		_ = b.unform(http.Header{})
	})
}
