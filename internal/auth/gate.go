package auth

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/problem"
)

// Protect passes authorised requests to next. For other requests, a person is redirected to the sign-in page, and a program gets a problem.
func (g *Gate) Protect(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !g.o.Required {
			if !g.hostAllowed(r) {
				problem.Write(w, http.StatusForbidden, "unknown-host",
					fmt.Sprintf("This server does not answer to the name %q, because a foreign page could use such a name to read its data. Open it by its address, or set public_url (PLAYHEAD_PUBLIC_URL) to the address you use.", r.Host))
				return
			}
			serveAs(next, w, r, "a program of this machine")
			return
		}
		who, ok := g.tokenOf(r)
		if ok && !g.onlyReads(r) {
			problem.Write(w, http.StatusForbidden, "read-only", "A read token can only read. Sign in, or send the password, to change something.")
			return
		}
		if !ok {
			who, ok = g.allowed(r)
		}
		switch {
		case ok:
			w.Header().Set("Vary", "Cookie, Authorization")
			serveAs(next, w, r, who)
		case wantsPage(r):
			w.Header().Set("Cache-Control", "no-store")
			http.Redirect(w, r, "/login?next="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
		default:
			if g.o.Password != "" && !fromPage(r) {
				// Not for the UI's own requests: the browser would open its dialog over the page.
				w.Header().Set("WWW-Authenticate", `Basic realm="Playhead", charset="UTF-8"`)
			}
			advice := "Sign in at /login with the link that the server printed when it started."
			if g.o.Password != "" {
				advice = "Sign in at /login, or send the password as basic authentication (curl -u :PASSWORD)."
			}
			if !fromPage(r) {
				advice += " Programs that only read send one of the setting read_tokens: Authorization: Bearer TOKEN."
			}
			problem.Write(w, http.StatusUnauthorized, "sign-in-needed", advice)
		}
	})
}

// serveAs serves a request under the name of its reader. It copies the matched pattern to the outer request, because handlers outside count requests
// by route.
func serveAs(next http.Handler, w http.ResponseWriter, r *http.Request, reader string) {
	named := r.WithContext(access.WithReader(r.Context(), reader))
	next.ServeHTTP(w, named)
	r.Pattern = named.Pattern
}

// hostAllowed reports whether the request's host name can only be that of this server.
func (g *Gate) hostAllowed(r *http.Request) bool {
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = canonical(host)
	return isLocal(host) || g.hosts[host]
}

func canonical(host string) string {
	return strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
}

// wantsPage is true for a person who follows a link or types an address.
func wantsPage(r *http.Request) bool {
	return r.Method == http.MethodGet && !strings.HasPrefix(r.URL.Path, "/api/") && r.URL.Path != "/metrics" &&
		strings.Contains(r.Header.Get("Accept"), "text/html")
}

// fromPage is true for requests that a script in a browser makes.
func fromPage(r *http.Request) bool { return r.Header.Get("Sec-Fetch-Mode") != "" }
