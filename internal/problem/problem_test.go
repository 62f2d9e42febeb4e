package problem

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// Programs tell problems apart by these bytes.
func TestAnswers(t *testing.T) {
	for name, test := range map[string]struct {
		write             func(http.ResponseWriter)
		contentType, body string
	}{
		"JSON": {
			func(w http.ResponseWriter) { Write(w, 503, "stopping", "The server is stopping.") }, "application/problem+json",
			`{"type":"urn:playhead:problem:stopping","title":"Service Unavailable","status":503,"detail":"The server is stopping."}` + "\n",
		},
		"text": {
			func(w http.ResponseWriter) { Text(w, 503, "send this again later") }, "text/plain; charset=utf-8", "send this again later\n",
		},
	} {
		w := httptest.NewRecorder()
		w.Header().Set("Retry-After", "5")
		test.write(w)
		h := w.Header()
		if w.Code != 503 || w.Body.String() != test.body || h.Get("Content-Type") != test.contentType {
			t.Errorf("%s: %d %s %q", name, w.Code, h.Get("Content-Type"), w.Body)
		}
		if h.Get("Cache-Control") != "no-store" || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Retry-After") != "5" {
			t.Errorf("%s: %v", name, h)
		}
	}
}
