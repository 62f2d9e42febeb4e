// Package edge is the middleware of every request and answer: deadlines, headers, counts, answers while the server stops, and health
// checks. It knows no routes.
package edge

import (
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/playheadhq/playhead/internal/problem"
)

const (
	// A client may take slack plus one second for each `slowest` bytes of its body. Slower clients would hold memory that others need.
	slack       = 30 * time.Second
	slowest     = 64 << 10
	unknownBody = 5 * time.Minute // for a body of unannounced length
	writing     = 5 * time.Minute // for the answer
)

// Deadlines limits the time for receiving a request and for sending its answer.
func Deadlines(next http.Handler) http.Handler { return deadlines(slack, next) }

func deadlines(slack time.Duration, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		arrives := slack + unknownBody
		if r.ContentLength >= 0 {
			arrives = slack + time.Duration(r.ContentLength/slowest)*time.Second
		}
		now, c := time.Now(), http.NewResponseController(w)
		// Neither fails on a connection of net/http's server; test recorders have no deadlines.
		_ = c.SetReadDeadline(now.Add(arrives))
		_ = c.SetWriteDeadline(now.Add(arrives + writing))
		// While a handler works, net/http waits for the client's next bytes, to notice that it leaves. It takes an expired deadline for leaving, and
		// cancels the request. So a request that has arrived has as much time as its answer: exports were cut off after 30 s.
		arrived := func() { _ = c.SetReadDeadline(now.Add(arrives + writing)) }
		if r.ContentLength == 0 {
			arrived()
		} else if r.Body != nil {
			r.Body = &arriving{r.Body, arrived}
		}
		next.ServeHTTP(w, r)
	})
}

// arriving is a body that tells when all of it has arrived.
type arriving struct {
	io.ReadCloser
	arrived func()
}

func (a *arriving) Read(p []byte) (int, error) {
	n, err := a.ReadCloser.Read(p)
	if err == io.EOF { //nolint:errorlint // io.Reader says that it is this very value
		a.arrived()
	}
	return n, err
}

// Secured sets the headers that tell browsers what our pages may do and who may embed them; the policy is the Content-Security-Policy.
func Secured(policy string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		// Received text and replayed pages contain links: browsers must not resolve their hosts before a click.
		h.Set("X-DNS-Prefetch-Control", "off")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}

// RetryAfter is the retry time for clients of a stopping server: by then it has usually been restarted.
const RetryAfter = "5"

// Stopping answers the API while the server stops.
func Stopping(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Retry-After", RetryAfter)
	problem.Write(w, http.StatusServiceUnavailable, "stopping", "The server is stopping. Try again in a few seconds.")
}

// StoppingCapture answers capture while the server stops. Requests that need no storage (preflights, browser files) are still served.
func StoppingCapture(open http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodGet, http.MethodHead, http.MethodOptions:
			open.ServeHTTP(w, r)
		default:
			h := w.Header()
			h.Set("Access-Control-Allow-Origin", "*")
			h.Set("Access-Control-Expose-Headers", "Retry-After")
			Stopping(w, r)
		}
	})
}

// Recovered answers a request whose handler panicked, instead of cutting its connection.
func Recovered(logger *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			switch p := recover(); p {
			case nil:
			case http.ErrAbortHandler:
				panic(p)
			default:
				logger.Error("a request failed", "panic", p, "method", r.Method, "path", r.URL.Path, "stack", string(debug.Stack()))
				if recorder, ok := w.(*statusRecorder); ok && recorder.status != 0 {
					panic(http.ErrAbortHandler) // part of the answer was sent already, so the connection must be cut
				}
				problem.Write(w, http.StatusInternalServerError, "internal", "This is an error of the server; see its log.")
			}
		}()
		next.ServeHTTP(w, r)
	})
}
