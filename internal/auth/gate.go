package auth

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/playheadhq/playhead/internal/problem"
)

// Protect serves next to authorised requests. For others, people are sent to the sign-in page, and programs get a problem.
func (g *Gate) Protect(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !g.o.Required {
			if !g.hostAllowed(r) {
				problem.Write(w, http.StatusForbidden, "unknown-host",
					fmt.Sprintf("This server does not answer to the name %q, because a foreign page could use such a name to read its data. Open it by its address, or set public_url (PLAYHEAD_PUBLIC_URL) to the address you use.", r.Host))
				return
			}
			next.ServeHTTP(w, r)
			return
		}
		switch {
		case g.allowed(r):
			w.Header().Set("Vary", "Cookie, Authorization")
			next.ServeHTTP(w, r)
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
			problem.Write(w, http.StatusUnauthorized, "sign-in-needed", advice)
		}
	})
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
