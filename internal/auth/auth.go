// Package auth decides who may see the UI and the API. There are no accounts: a browser signs in with a one-time link
// that the server prints when it starts, or with the configured password, and then carries a signed cookie, so that nothing
// about sign-ins is stored. Scripts send the password as HTTP basic authentication.
//
// Where only this machine's users can reach the server no sign-in is needed. What is guarded against then is a web page elsewhere
// that has its own name resolve to 127.0.0.1 (DNS rebinding) to read what is here: names that could be anybody's are refused.
package auth

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// LinkLifetime is how long the printed link works, if it is not used before.
const LinkLifetime = time.Hour

// Options says how a Gate behaves.
type Options struct {
	// Required: a sign-in is needed. Without it the Host header is checked instead.
	Required bool
	// Password is "" when only the link signs in.
	Password string
	// Key signs cookies: 32 random bytes or more that outlive the process, so that restarts sign nobody out.
	Key []byte
	// Lifetime is how long a sign-in lasts.
	Lifetime time.Duration
	// Hosts are the host names, without ports, by which the server may be called besides those of this machine.
	Hosts []string
	// Secure: browsers reach the server over HTTPS, so cookies are to be sent over nothing else.
	Secure bool
	// Now is the clock, nil for time.Now.
	Now    func() time.Time
	Logger *slog.Logger
}

// Gate protects handlers.
type Gate struct {
	o       Options
	key     []byte
	cookie  string
	hosts   map[string]bool
	limit   *limiter
	mu      sync.Mutex
	link    []byte // sha256 of the one-time link's secret, nil when used
	linkEnd time.Time
}

// New makes a gate.
func New(o Options) *Gate {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	// The password is part of the key: who changes it signs everybody out.
	key := sum(o.Key, "sign-in\x00"+o.Password)
	hosts := map[string]bool{}
	for _, host := range o.Hosts {
		hosts[canonical(host)] = true
	}
	return &Gate{
		o: o, key: key, hosts: hosts, limit: newLimiter(o.Now),
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

// takeLink uses the link up when text is it.
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
	if g.o.Password == "" {
		return false
	}
	// Hashed, because comparing takes as long as the shorter text otherwise.
	a, b := sha256.Sum256([]byte(text)), sha256.Sum256([]byte(g.o.Password))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}

// allowed says whether a request carries a valid cookie or the password. A wrong password is counted; when too many were,
// retry is how long to wait.
func (g *Gate) allowed(r *http.Request) (ok bool, retry time.Duration) {
	if c, err := r.Cookie(g.cookie); err == nil && g.validCookie(c.Value) {
		return true, 0
	}
	_, password, sent := r.BasicAuth()
	if !sent {
		return false, 0
	}
	if retry = g.limit.wait(client(r)); retry > 0 {
		return false, retry
	}
	if g.passwordIs(password) {
		return true, 0
	}
	g.limit.failed(client(r))
	return false, 0
}

// client is the network a request comes from: an IPv4 address, or the /64 that an IPv6 user has to himself. Forwarding
// headers are not looked at, since anybody can write them.
func client(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	if ip := net.ParseIP(host); ip != nil && ip.To4() == nil {
		return ip.Mask(net.CIDRMask(64, 128)).String()
	}
	return host
}

func sum(key []byte, text string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}
