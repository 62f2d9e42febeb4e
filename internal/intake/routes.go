package intake

import (
	"net/http"
	"strings"
)

// Table is a mux while routes are added.
type Table struct {
	mux *http.ServeMux
	// preflights are the paths that already have a preflight route: two methods of one path share it.
	preflights map[string]bool
}

// Routes adds routes to mux.
func Routes(mux *http.ServeMux) Table { return Table{mux, map[string]bool{}} }

// Handle adds one path, with and without a slash at its end, and its preflight.
//
// Any page may send to it, so every answer has CORS headers, including errors: a browser hides answers without them, and posthog-js treats a hidden
// answer as an unreachable server and drops the batch after three attempts. Credentials are not allowed, because no cookies are used here.
func (t Table) Handle(method, path string, serve http.HandlerFunc) {
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

// preflight allows all requested headers, because the headers that an application adds to posthog-js's requests are unknown.
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
