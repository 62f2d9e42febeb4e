package posthog

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// table is a mux that routes are being added to.
type table struct {
	mux *http.ServeMux
	// preflights are the paths whose preflight is answered already: two methods of one path share it.
	preflights map[string]bool
}

// handle registers one path, with and without the slash at its end, and its preflight.
//
// Any page may send here, so every answer says so, errors included: a browser hides what lacks these headers, and
// posthog-js takes what is hidden for a dead server and drops the batch after three tries. Credentials are not allowed:
// nothing here reads a cookie.
func (t table) handle(method, path string, serve http.HandlerFunc) {
	paths := []string{path}
	if bare, slashed := strings.CutSuffix(path, "/"); slashed {
		paths = []string{bare, path + "{$}"}
	} else if !strings.Contains(path, "{") {
		paths = append(paths, path+"/{$}")
	}
	for _, p := range paths {
		t.mux.HandleFunc(method+" "+p, func(w http.ResponseWriter, r *http.Request) {
			header := w.Header()
			header.Set("Access-Control-Allow-Origin", "*")
			header.Set("Access-Control-Expose-Headers", "Retry-After")
			serve(w, r)
		})
		if !t.preflights[p] {
			t.preflights[p] = true
			t.mux.HandleFunc("OPTIONS "+p, preflight)
		}
	}
}

// preflight allows what was asked for: the headers an application makes posthog-js send are not known here.
func preflight(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Access-Control-Allow-Origin", "*")
	header.Set("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
	asked := r.Header.Get("Access-Control-Request-Headers")
	if asked == "" {
		asked = "content-type, authorization, x-posthog-distinct-id, x-posthog-session-id, x-posthog-window-id, traceparent"
	}
	header.Set("Access-Control-Allow-Headers", asked)
	header.Set("Access-Control-Max-Age", "86400")
	header.Add("Vary", "Access-Control-Request-Headers")
	w.WriteHeader(http.StatusNoContent)
}

// retryAfter writes a duration as whole seconds, at least one.
func retryAfter(d time.Duration) string {
	if d <= 0 {
		d = 5 * time.Second
	}
	return strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10)
}
