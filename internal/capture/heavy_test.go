package capture

import (
	"bytes"
	"compress/flate"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/playheadhq/playhead/internal/heavy"
	"github.com/playheadhq/playhead/internal/model"
)

// list is JSON of about size bytes with an item over and over.
func list(open, item, end string) func(int) []byte {
	return func(size int) []byte {
		items := bytes.Repeat([]byte(item+","), max(1, size/(len(item)+1)))
		return append(append([]byte(open), items[:len(items)-1]...), end...)
	}
}

// huge is a body with one long text.
func huge(open, end string) func(int) []byte {
	return func(size int) []byte { return fmt.Appendf(nil, "%s%s%s", open, strings.Repeat("1", size), end) }
}

// Whatever the JSON of a body is made of, taking it apart is work in proportion to its bytes. It is not copied, but for v1's
// properties: the memory is that of the events, 700 bytes each while their number grows, and texts cut to maxText.
func TestParsingIsLinear(t *testing.T) {
	mux, s := newServer(func(o *Options) { o.Limits.Events = 1 << 20 })
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

// What a body is wrapped in is work in proportion to what came, also where it is dear to undo.
func TestDecodingIsLinear(t *testing.T) {
	h := New(Options{Sink: &sink{}, Project: func(string) (string, bool) { return "p", true }})
	decode := func(header http.Header) func([]byte) {
		return func(data []byte) {
			b := &body{limits: h.limits, work: alone(), data: data}
			b.work.lease.Count(int64(cap(data)))
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

// Layers of compression do not multiply what a request costs.
func TestLayersOfCompression(t *testing.T) {
	mux, s := newServer(func(o *Options) { o.Limits.Decoded = 16 << 20 })
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

// Texts that an event says of itself are cut, and an id that is longer is named by its hash, in the answer too.
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
	var in model.Incoming = s.deliveries[0].Events[0]
	for _, text := range []string{in.Name, in.DistinctID, in.Timestamp, in.SessionID} {
		if len(text) != maxText || !strings.HasPrefix(long, text) {
			t.Errorf("%d bytes", len(text))
		}
	}
	if !strings.HasPrefix(in.ID, "sha256:") || len(in.ID) != len("sha256:")+64 {
		t.Errorf("id of %d bytes", len(in.ID))
	}
}
