package posthog

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/heavy"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// list returns a function that makes JSON of about size bytes by repeating an item.
func list(open, item, end string) func(int) []byte {
	return func(size int) []byte {
		items := bytes.Repeat([]byte(item+","), max(1, size/(len(item)+1)))
		return append(append([]byte(open), items[:len(items)-1]...), end...)
	}
}

// huge returns a function that makes a body with one text of size bytes.
func huge(open, end string) func(int) []byte {
	return func(size int) []byte { return fmt.Appendf(nil, "%s%s%s", open, strings.Repeat("1", size), end) }
}

// Whatever JSON a body contains, parsing it takes work in proportion to its bytes. Only v1's properties are copied. Apart from these, memory is for the
// events, 700 bytes each while their number grows, and for texts cut to maxText.
func TestParsingIsLinear(t *testing.T) {
	mux, s := newServer(func(o *options) { o.Gate.Limits.Events = 1 << 20 })
	post := func(path string) func([]byte) {
		return func(body []byte) {
			s.deliveries = nil
			r := httptest.NewRequest("POST", path, bytes.NewReader(body))
			r.Header.Set("Authorization", "Bearer t")
			serve(mux, r)
		}
	}
	for _, shape := range heavy.Shapes {
		input := func(size int) []byte {
			v := shape.Value(size / 2)
			return heavy.Batch("phc_x", heavy.Event(1, "$ai_input", v), heavy.Event(2, "$set", v))
		}
		t.Run(shape.Name, func(t *testing.T) { heavy.LinearIn(t, 4, input, post("/batch/")) })
	}
	for name, input := range map[string]func(int) []byte{
		"elements that are no events": list(`[`, `1`, `]`),
		"too deep":                    list(`[`, `{"event":"`+strings.Repeat("e", 5000)+`","a":`+strings.Repeat("[", maxDepth+1)+strings.Repeat("]", maxDepth+1)+`}`, `]`),
		"names":                       list(`{"event":"a",`, `"event":"b"`, `}`),
		"unknown names":               list(`{"event":"a",`, `"":1`, `}`),
		"escaped names":               list(`{"event":"a",`, `"\u0065vent":"b"`, `}`),
		"a huge escaped name":         huge(`{"event":"a","\u0065`, `":1}`),
		"a huge event":                huge(`{"event":"`, `"}`),
		"a huge escaped event":        huge(`{"event":"\u0065`, `"}`),
		"a huge distinct id":          huge(`{"event":"e","distinct_id":`, `}`),
		"a huge id":                   huge(`{"event":"e","uuid":"`, `"}`),
		"a huge offset":               huge(`{"event":"e","offset":`, `}`),
		"a huge fraction":             huge(`{"event":"e","offset":0.`, `e-9}`),
		"a huge sent_at":              huge(`{"event":"e","sent_at":"`, `"}`),
		"a huge timestamp":            huge(`{"event":"e","timestamp":`, `}`),
		"a huge token":                huge(`{"event":"e","token":"`, `"}`),
		"spaces":                      func(size int) []byte { return append(bytes.Repeat([]byte(" "), size), "[]"...) },
	} {
		t.Run(name, func(t *testing.T) { heavy.LinearIn(t, 5, input, post("/batch/")) })
		t.Run(name+", v1", func(t *testing.T) { heavy.LinearIn(t, 5, input, post("/i/v1/analytics/events")) })
	}
	for name, input := range map[string]func(int) []byte{
		"batches":     list(`{"api_key":"t",`, `"batch":[{"event":"a"}]`, `}`),
		"events":      list(`[`, `{"event":"a","properties":{"token":"t","a":"`+strings.Repeat("a", 200)+`"}}`, `]`),
		"tokens":      list(`[`, `{"event":"a","properties":{"token":"`+strings.Repeat("t", 5000)+`"}}`, `]`),
		"many tokens": manyTokens,
		"options":     list(`{"batch":[{"event":"e","properties":{},"options":{`, `"process_person_profile":true`, `}}]}`),
		"set":         list(`{"event":"e","$set":{`, `"a":1`, `}}`),
		"properties":  list(`{"event":"e",`, `"properties":{}`, `}`),
	} {
		t.Run(name, func(t *testing.T) { heavy.LinearIn(t, 80, input, post("/i/v1/analytics/events")) })
	}
}

func manyTokens(size int) []byte {
	b := []byte{'['}
	for i := 0; len(b) < size; i++ {
		b = fmt.Appendf(b, `{"event":"a","properties":{"token":"%0200d"}},`, i)
	}
	return append(b[:len(b)-1], ']')
}

// Removing the layers around a body takes work in proportion to the bytes received, also for layers that are expensive to undo.
func TestDecodingIsLinear(t *testing.T) {
	decode := func(header http.Header) func([]byte) {
		return func(data []byte) {
			b := bodyOf(alone(), data)
			b.work.Count(int64(cap(data)))
			_ = b.decode(header)
		}
	}
	form := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	repeat := func(before, item, after string) func(int) []byte {
		return func(size int) []byte {
			return fmt.Appendf(nil, "%s%s%s", before, strings.Repeat(item, size/len(item)), after)
		}
	}
	var block bytes.Buffer // an empty block with a table of codes
	z, err := flate.NewWriter(&block, 9)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(z, "abcdefghij")
	z.Flush()
	for name, c := range map[string]struct {
		header http.Header
		memory float64
		input  func(int) []byte
	}{
		"base64":         {form, 6, repeat("data=", "QUJD", "")},
		"escapes":        {form, 6, repeat("data=", "%41", "")},
		"fields":         {form, 6, repeat("", "a=b&", "data=e30")},
		"JSON in a form": {form, 6, repeat("data=%7B", "+", "}")},
		"bad UTF-8":      {nil, 14, repeat(`["`, "a\xff", `"]`)},
		"cut UTF-8":      {nil, 14, repeat(`["`, "\xf0\x9f", `"]`)},
		"gzip members":   {nil, 2, repeat("", string(gzipped(nil)), "")},
		"zstd frames":    {http.Header{"Content-Encoding": {"zstd"}}, 2, repeat("", string(zstded([]byte("a"))), "")},
		"deflate blocks": {http.Header{"Content-Encoding": {"deflate"}}, 8, repeat("", block.String(), "")},
	} {
		t.Run(name, func(t *testing.T) { heavy.LinearIn(t, c.memory, c.input, decode(c.header)) })
	}
}

// Layers of compression do not multiply the cost of a request.
func TestLayersOfCompression(t *testing.T) {
	mux, s := newServer(func(o *options) { o.Gate.Limits.Decoded = 16 << 20 })
	small := []byte(`{"event":"e","token":"t"}`)
	padded := func(n int) []byte { return append(bytes.Repeat([]byte(" "), n), small...) }
	for name, c := range map[string]struct {
		body []byte
		want int
	}{
		"twice, as a proxy does":           {gzipped(gzipped(padded(2 << 20))), http.StatusOK},
		"together more than decoded":       {gzipped(gzipped(padded(17 << 20))), http.StatusRequestEntityTooLarge},
		"an inner layer that costs more":   {gzipped(bytes.Repeat(gzipped(nil), 100_000)), http.StatusRequestEntityTooLarge},
		"an inner layer below what's free": {gzipped(append(bytes.Repeat(gzipped(nil), 10_000), gzipped(small)...)), http.StatusOK},
	} {
		s.deliveries = nil
		w := serve(mux, httptest.NewRequest("POST", "/e/", bytes.NewReader(c.body)))
		if w.Code != c.want || c.want == http.StatusOK && len(s.deliveries) != 1 {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}

// Long texts of an event are cut. A too long id is replaced by its hash, in the answer too.
func TestHugeTexts(t *testing.T) {
	long := strings.Repeat("é", 1<<20)
	mux, s := newServer(nil)
	body := fmt.Sprintf(`{"batch":[{"event":%q,"distinct_id":%q,"uuid":%q,"timestamp":%q,"session_id":%q,"options":{},"properties":{}}]}`, long, long, long, long, long)
	r := httptest.NewRequest("POST", "/i/v1/analytics/events", strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer t")
	w := serve(mux, r)
	if w.Code != http.StatusOK || w.Body.Len() > 500 {
		t.Fatalf("%d, %d bytes", w.Code, w.Body.Len())
	}
	in := eventsOf(s.deliveries[0])[0]
	for _, text := range []string{in.name, in.distinctID, in.timestamp, in.sessionID} {
		if len(text) != maxText || !strings.HasPrefix(long, text) {
			t.Errorf("%d bytes", len(text))
		}
	}
	if !strings.HasPrefix(in.id, "sha256:") || len(in.id) != len("sha256:")+64 {
		t.Errorf("id of %d bytes", len(in.id))
	}
}

// Converting an event to the model's words takes work in proportion to its bytes, and copies none of its content.
func TestReadingEventsIsLinear(t *testing.T) {
	read := func(name string) func([]byte) {
		return func(raw []byte) {
			at := bytes.Index(raw, []byte(`"properties":`)) + len(`"properties":`)
			a := &arrivals{events: []incoming{{name: name, distinctID: "d", offsetMS: -1, properties: raw[at : len(raw)-1], raw: raw}}}
			to := model.NewArrival()
			if err := a.Read(0, &to); err != nil || to.Refused != "" {
				t.Error(err, to.Refused)
			}
		}
	}
	for _, s := range heavy.Shapes {
		input := func(size int) []byte {
			v := s.Value(size / 4)
			return fmt.Appendf(nil, `{"properties":{"$ai_error":%s,"$set":%s,"$ai_usage":%s,"custom":%s}}`, v, v, v, v)
		}
		t.Run(s.Name, func(t *testing.T) { heavy.LinearIn(t, 0.2, input, read("$ai_span")) })
	}
	for name, member := range map[string]string{
		"known names":       `"$ai_model":"m","distinct_id":"d"`,
		"unknown names":     `"":1`,
		"custom properties": `"a":1`,
		"names of persons":  `"$set":{"name":"` + strings.Repeat("n", 150) + `","email":"e"}`,
		"usage":             `"$ai_usage":{"prompt_tokens_details":{"cached_tokens":1},"prompt_tokens_details":{}}`,
		"inputs and states": `"$ai_input":"a","$ai_input_state":"b"`,
	} {
		input := func(size int) []byte {
			return fmt.Appendf(nil, `{"properties":{%s"last":1}}`, bytes.Repeat([]byte(member+","), size/(len(member)+1)))
		}
		t.Run(name, func(t *testing.T) { heavy.LinearIn(t, 0.2, input, read("$identify")) })
	}
	for _, property := range []string{"$ai_latency", "$ai_http_status", "$ai_input_tokens", "$ai_trace_id", "$ai_is_error", "$ai_error", "$current_url", "custom"} {
		input := func(size int) []byte {
			return fmt.Appendf(nil, `{"properties":{%q:-%s.5e7}}`, property, strings.Repeat("9", size))
		}
		t.Run("a huge number in "+property, func(t *testing.T) { heavy.LinearIn(t, 0.2, input, read("$ai_span")) })
	}
}

// Making an id from the content takes work in proportion to its bytes, whether an event has few members or millions.
func TestIDsAreLinear(t *testing.T) {
	for _, s := range heavy.Shapes {
		t.Run(s.Name, func(t *testing.T) { heavy.LinearIn(t, 0.1, s.Value, func(v []byte) { contentID(nil, v, 1) }) })
	}
	// Never change how an id is made: a retry across an upgrade would be stored twice.
	raw := `{"event":"a","":"` + strings.Repeat("x", 5000) + `","uuid":"u","properties":{"b":1}}`
	if id := contentID(nil, []byte(raw), 0); id != uuid.MustParse("365d2b87-44ff-5f51-8010-1e3549d1a224") {
		t.Errorf("the id has become %s", id)
	}
}

// Other requests get their turn also while one large event is read. The request ends when its client has left.
func TestReadingALargeEventPauses(t *testing.T) {
	gone := errors.New("gone")
	for _, property := range []string{"$ai_input", "$ai_error", "$ai_usage", "$set", "custom", "$snapshot_data"} {
		for _, s := range heavy.Shapes {
			raw := heavy.Event(1, property, s.Value(3<<20))
			at := bytes.Index(raw, []byte(`"properties":`)) + len(`"properties":`)
			pauses, last := 0, 2
			a := &arrivals{
				events: []incoming{{name: "$ai_generation", distinctID: "d", properties: raw[at : len(raw)-1], raw: raw}},
				pace: rawjson.NewPace(func() error {
					if pauses++; pauses >= last {
						return gone
					}
					return nil
				}),
			}
			to := model.NewArrival()
			if err := a.Read(0, &to); !errors.Is(err, gone) || pauses > 2 {
				t.Errorf("%s in %s: the work goes on after %d pauses, %v", s.Name, property, pauses, err)
			}
		}
	}
}
