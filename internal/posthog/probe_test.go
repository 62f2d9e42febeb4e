package posthog

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// The docs promise that a page loads only 2 kB for the probe, whatever the page's origin.
func TestProbe(t *testing.T) {
	mux, _ := newServer(nil)
	r := httptest.NewRequest("GET", "/static/playhead-probe.js", nil)
	r.Header.Set("Accept-Encoding", "gzip, br")
	w := serve(mux, r)
	header, body := w.Header(), w.Body.String()
	if w.Code != http.StatusOK || header.Get("Content-Type") != "text/javascript; charset=utf-8" || header.Get("Access-Control-Allow-Origin") != "*" || header.Get("Content-Encoding") != "" {
		t.Errorf("%d %v", w.Code, header)
	}
	if len(body) > 2048 || !strings.Contains(body, `"playhead."`) || !strings.HasSuffix(body, "})();") {
		t.Errorf("%d bytes: %s", len(body), body)
	}
	for i, line := range strings.Split(strings.TrimSpace(string(probeSource)), "\n") {
		if strings.Contains(line, "//") || strings.Contains(line, "`") {
			t.Errorf("line %d would swallow the rest of the script, which is served on one line: %s", i+1, line)
		}
		if end := line[len(line)-1]; !strings.ContainsRune(";{,", rune(end)) && strings.TrimSpace(line) != "}" && !strings.HasSuffix(line, "{}") {
			t.Errorf("line %d does not end with a semicolon: %s", i+1, line)
		}
	}
	r.Header.Set("If-None-Match", header.Get("ETag"))
	if w := serve(mux, r); w.Code != http.StatusNotModified {
		t.Errorf("again: %d", w.Code)
	}
}
