package posthog

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/testfile"
)

// golden is the expected result of decoding a fixture, produced with another JSON library.
type golden struct {
	Source string        `json:"source"`
	SentMS int64         `json:"sent_ms"`
	Events []goldenEvent `json:"events"`
}

type goldenEvent struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	DistinctID string `json:"distinct_id"`
	Timestamp  string `json:"timestamp"`
	OffsetMS   int64  `json:"offset_ms"`
	SessionID  string `json:"session_id"`
	Properties int    `json:"properties"`
	Set        bool   `json:"set"`
	SetOnce    bool   `json:"set_once"`
}

// TestFixtures replays every request that a real client sent.
func TestFixtures(t *testing.T) {
	b, err := os.ReadFile("testdata/wire.golden.json")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]golden{}
	if err := json.Unmarshal(b, &want); err != nil {
		t.Fatal(err)
	}
	for _, f := range fixtures(t) {
		t.Run(f.name, func(t *testing.T) {
			mux, s := newServer(nil)
			w := serve(mux, f.with(f.body))
			if origin := w.Header().Get("Access-Control-Allow-Origin"); origin != "*" {
				t.Errorf("Access-Control-Allow-Origin: %q", origin)
			}
			if f.Method == "OPTIONS" {
				asked, allowed := f.Header.Get("Access-Control-Request-Headers"), w.Header().Get("Access-Control-Allow-Headers")
				if w.Code != http.StatusNoContent || asked != allowed {
					t.Errorf("%d, headers %q for %q", w.Code, allowed, asked)
				}
				return
			}
			if w.Code != http.StatusOK {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			g, isEvents := want[f.name]
			if !isEvents {
				if len(s.deliveries) > 0 {
					t.Errorf("%d deliveries of what has no events", len(s.deliveries))
				}
				return
			}
			if w.Body.String() != `{"status":"Ok"}` {
				t.Errorf("answer %s", w.Body)
			}
			if len(s.deliveries) != 1 {
				t.Fatalf("%d deliveries", len(s.deliveries))
			}
			d := s.deliveries[0]
			if d.ReceivedMS != now.UnixMilli() || len(d.Refused) != 0 {
				t.Errorf("received %d, refused %v", d.ReceivedMS, d.Refused)
			}
			if got := summary(d); !reflect.DeepEqual(got, g) {
				gotJSON, _ := json.Marshal(got)
				wantJSON, _ := json.Marshal(g)
				t.Errorf("got  %s\nwant %s", gotJSON, wantJSON)
			}
		})
	}
	for name := range want {
		if _, err := os.Stat("testdata/wire/" + name); err != nil {
			t.Error(err)
		}
	}
}

func summary(d *model.Delivery) golden {
	g := golden{Source: d.Source, SentMS: d.SentMS}
	for _, in := range eventsOf(d) {
		properties := gjson.ParseBytes(in.properties)
		g.Events = append(g.Events, goldenEvent{
			ID: in.id, Name: in.name, DistinctID: in.distinctID, Timestamp: in.timestamp, OffsetMS: in.offsetMS,
			SessionID:  properties.Get("$session_id").String(),
			Properties: len(properties.Map()),
			Set:        in.set != nil, SetOnce: in.setOnce != nil,
		})
	}
	return g
}

// TestFixtureForms sends each recorded body of events in every other form that a client could have chosen.
func TestFixtureForms(t *testing.T) {
	for _, f := range fixtures(t) {
		if f.Method != "POST" || strings.HasPrefix(f.URL.Path, "/flags") || strings.HasPrefix(f.URL.Path, "/decide") {
			continue
		}
		t.Run(f.name, func(t *testing.T) {
			mux, s := newServer(nil)
			serve(mux, f.with(f.body))
			want := s.deliveries[0]
			plain := f.body
			if bytes.HasPrefix(plain, []byte("\x1f\x8b")) {
				plain = testfile.Gunzip(t, plain)
			}
			for name, form := range forms {
				r := f.with(nil)
				r.Header.Del("Content-Encoding")
				form(r, plain)
				s.deliveries = nil
				if w := serve(mux, r); w.Code != http.StatusOK {
					t.Errorf("%s: %d %s", name, w.Code, w.Body)
				} else if !reflect.DeepEqual(s.deliveries[0], want) {
					t.Errorf("%s: decoded differently", name)
				}
			}
		})
	}
}

// TestTruncated cuts every recorded body at every length. An incomplete body must be refused completely, wherever it was cut.
func TestTruncated(t *testing.T) {
	for _, f := range fixtures(t) {
		if f.Method != "POST" {
			continue
		}
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			bodies := [][]byte{f.body}
			if bytes.HasPrefix(f.body, []byte("\x1f\x8b")) {
				bodies = append(bodies, testfile.Gunzip(t, f.body))
			}
			for _, body := range bodies {
				mux, s := newServer(nil)
				step := 1 // every length; with the race detector, all lengths near both ends and some between
				if raced {
					step = max(1, len(body)/50)
				}
				for n := 0; n < len(body); n++ {
					if n > 100 && n < len(body)-100 && n%step != 0 {
						continue
					}
					if string(body[n:]) == "%3D" {
						continue // base64 without its padding is complete
					}
					r := f.with(body[:n])
					if !bytes.HasPrefix(body, []byte("\x1f\x8b")) {
						r.Header.Del("Content-Encoding")
					}
					if w := serve(mux, r); w.Code != http.StatusBadRequest {
						t.Fatalf("cut to %d of %d bytes: %d %s", n, len(body), w.Code, w.Body)
					}
				}
				if len(s.deliveries) != 0 {
					t.Errorf("%d deliveries of broken bodies", len(s.deliveries))
				}
				// The whole body is still accepted, also with white space around it.
				r := f.with(body)
				if !bytes.HasPrefix(body, []byte("\x1f\x8b")) {
					r = f.with(bytes.Join([][]byte{{}, body, []byte("\r\n")}, nil))
					r.Header.Del("Content-Encoding")
				}
				if w := serve(mux, r); w.Code != http.StatusOK {
					t.Errorf("whole: %d %s", w.Code, w.Body)
				}
			}
		})
	}
}
