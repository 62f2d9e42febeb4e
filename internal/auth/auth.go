// Package auth decides who may see the UI and the API. There are no accounts: a browser signs in with a one-time link
// that the server prints when it starts, or with the configured password, and then carries a signed cookie, so that nothing
// about sign-ins is stored. Scripts send the password as HTTP basic authentication, or a token that can only read.
//
// If only users of this machine can reach the server, no sign-in is needed. The remaining danger is a foreign web page whose host
// name resolves to 127.0.0.1 (DNS rebinding). So only host names that cannot belong to a foreign page are accepted.
package auth

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/playheadhq/playhead/internal/remote"
)

// LinkLifetime is how long the printed link is valid, if it is not used before.
const LinkLifetime = time.Hour

// Options configure a Gate.
type Options struct {
	// Required means that a sign-in is needed. If it is false, the Host header is checked instead.
	Required bool
	// Password is "" when only the link signs in.
	Password string
	// ReadTokens are tokens for programs that only read, by their names. Programs send them as "Authorization: Bearer TOKEN".
	ReadTokens map[string]string
	// ReadingPaths are paths on which requests change nothing, whatever their method. On other paths only GET and HEAD change nothing.
	ReadingPaths []string
	// Key signs cookies: 32 random bytes or more that outlive the process, so that restarts sign nobody out.
	Key []byte
	// Lifetime is how long a sign-in lasts.
	Lifetime time.Duration
	// Hosts are accepted host names, without ports, besides those of this machine.
	Hosts []string
	// Secure means that browsers use HTTPS, so that cookies must not be sent over HTTP.
	Secure bool
	// Now is the clock, nil for time.Now.
	Now    func() time.Time
	Logger *slog.Logger
	// Registerer gets the metrics; with nil they are not exposed.
	Registerer prometheus.Registerer
}

// Gate protects handlers.
type Gate struct {
	o      Options
	key    []byte
	cookie string
	hosts  map[string]bool
	limit  *limiter
	// readTokens are the hashes of Options.ReadTokens.
	readTokens []readToken
	// attempts counts passwords (right, wrong, or disconnected before the answer) and wrong read tokens.
	attempts *prometheus.CounterVec
	mu       sync.Mutex
	link     []byte // sha256 of the one-time link's secret, nil when used
	linkEnd  time.Time
}

// New makes a gate.
func New(o Options) *Gate {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Registerer == nil {
		o.Registerer = prometheus.NewRegistry()
	}
	attempts := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "playhead_sign_in_attempts_total", Help: "Passwords received: right, wrong, or from clients that disconnected before the answer; and wrong read tokens.",
	}, []string{"outcome"})
	o.Registerer.MustRegister(attempts)
	// The password is part of the key: changing it signs everybody out.
	key := sum(o.Key, "sign-in\x00"+o.Password)
	hosts := map[string]bool{}
	for _, host := range o.Hosts {
		hosts[canonical(host)] = true
	}
	return &Gate{
		o: o, key: key, hosts: hosts, limit: newLimiter(o.Now), attempts: attempts, readTokens: hashed(o.ReadTokens),
		// Browsers share cookies between the ports of a host. A name of its own keeps two servers from signing each other out.
		cookie: "playhead_" + base64.RawURLEncoding.EncodeToString(sum(o.Key, "name")[:6]),
	}
}

// NewLink makes the path of a link that signs one browser in, once. An earlier link stops working.
func (g *Gate) NewLink() string {
	secret := make([]byte, 32)
	rand.Read(secret)
	text := base64.RawURLEncoding.EncodeToString(secret)
	g.mu.Lock()
	defer g.mu.Unlock()
	hash := sha256.Sum256([]byte(text))
	g.link, g.linkEnd = hash[:], g.o.Now().Add(LinkLifetime)
	return "/login?link=" + text
}

// takeLink uses up the link if text is its secret.
func (g *Gate) takeLink(text string) bool {
	hash := sha256.Sum256([]byte(text))
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.link == nil || !g.o.Now().Before(g.linkEnd) || subtle.ConstantTimeCompare(hash[:], g.link) != 1 {
		return false
	}
	g.link = nil
	return true
}

func (g *Gate) passwordIs(text string) bool {
	// Both are hashed, because otherwise the time of the comparison would depend on their lengths.
	a, b := sha256.Sum256([]byte(text)), sha256.Sum256([]byte(g.o.Password))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}

// allowed reports whether a request has a valid cookie or the right password, and which. It delays its answer for an address that has sent wrong
// passwords; if the request ends during the delay, it panics with http.ErrAbortHandler.
func (g *Gate) allowed(r *http.Request) (how string, ok bool) {
	if c, err := r.Cookie(g.cookie); err == nil && g.validCookie(c.Value) {
		return "a signed-in browser", true
	}
	_, password, sent := r.BasicAuth()
	return "the password", sent && g.tryPassword(r, password)
}

// tryPassword reports whether a password is right, perhaps after a delay. If the request ends during the delay, it panics with http.ErrAbortHandler.
func (g *Gate) tryPassword(r *http.Request, password string) bool {
	if g.o.Password == "" {
		return false // there is no password to guess
	}
	from := remote.From(r)
	right, loud, err := g.limit.try(r.Context(), from, func() bool { return g.passwordIs(password) })
	outcome := "wrong"
	switch {
	case err != nil:
		outcome = "left"
	case right:
		outcome = "right"
	case loud:
		g.o.Logger.Warn("wrong password", "client", from.String())
	}
	g.attempts.WithLabelValues(outcome).Inc()
	if err != nil {
		panic(http.ErrAbortHandler) // a client that disconnected, or that a stopping server disconnects, does not learn that it was wrong
	}
	return right
}

func sum(key []byte, text string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}
