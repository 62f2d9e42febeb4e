package config

import (
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/playheadhq/playhead/internal/assets"
	"github.com/playheadhq/playhead/internal/remote"
)

// tokenForm matches the tokens that clients can send, and that paths (/array/{token}/config) can contain.
var tokenForm = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,200}$`)

// check finds values that are out of range or do not fit together.
func (l *loader) check() {
	c := l.config
	l.checkAddress("listen", c.Listen)
	if c.OTLPGRPC != "" {
		l.checkAddress("otlp_grpc", c.OTLPGRPC)
	}
	if l.command == "demo" {
		l.checkAddress("app_listen", c.AppListen)
	}
	if c.Data == "" {
		l.problem(l.where("data"), "a directory is needed")
	}
	l.checkProjects()
	if c.PublicURL != "" {
		u, err := url.Parse(c.PublicURL)
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil {
			l.problem(l.where("public_url"), "%q is not an address such as https://playhead.example.com (a path is not supported)", c.PublicURL)
		} else {
			c.PublicURL = u.Scheme + "://" + u.Host
		}
	}
	if _, err := remote.ParseProxies(c.TrustedProxies); err != nil {
		l.problem(l.where("trusted_proxies"), "%v", err)
	}
	if c.Password != "" && len(c.Password) < 8 {
		l.problem(l.where("password"), "too short: use 8 characters or more")
	}
	if c.SignInLifetime <= 0 || c.SignInLifetime > year {
		l.problem(l.where("sign_in_lifetime"), "%v is out of range: use more than 0 and at most 365d", c.SignInLifetime)
	}
	if c.ShutdownTimeout <= 0 {
		l.problem(l.where("shutdown_timeout"), "%v is out of range: use more than 0", c.ShutdownTimeout)
	}
	if c.ShutdownDelay < 0 || c.ShutdownDelay >= c.ShutdownTimeout && c.ShutdownTimeout > 0 {
		l.problem(l.where("shutdown_delay"), "%v is out of range: use less than shutdown_timeout (%v), which includes it", c.ShutdownDelay, c.ShutdownTimeout)
	}
	if c.Log.Format != "text" && c.Log.Format != "json" {
		l.problem(l.where("log.format"), "%q is not a format: write text or json", c.Log.Format)
	}
	switch {
	case l.command == "export" && c.Out == "":
		l.problem(l.where("out"), "a directory to export to is needed: --out DIR")
	case l.command == "reprice":
		if _, _, err := c.Repriced(); err != nil {
			l.problem("--from and --to", "%v", err)
		}
	case l.command == "import" && c.In == "":
		l.problem(l.where("in"), "the directory of an export is needed: --in DIR")
	}
	const day = Duration(24 * time.Hour)
	if c.Retention < 0 || c.Retention%day != 0 || c.Retention > 10*year {
		l.problem(l.where("retention"), "%v is not a valid number of days: write a number up to 3650d, such as 90d, or 0 to keep everything", c.Retention)
	}
	if _, err := c.Weights(); err != nil {
		l.problem(l.where("reaction_weights"), "%v", err)
	}
	l.checkStore()
	l.checkBlocks()
	l.checkLimits()
	l.checkAssets()
}

func (l *loader) checkAssets() {
	a := l.config.Assets
	if _, err := assets.ParseHosts(a.Hosts); err != nil {
		l.problem(l.where("assets.hosts"), "%v", err)
	}
	if a.MaxSize < 1<<10 || a.MaxSize > 64<<20 {
		l.problem(l.where("assets.max_size"), "%v is out of range: use 1KiB to 64MiB", a.MaxSize)
	}
	if a.Timeout < Duration(time.Second) || a.Timeout > Duration(time.Minute) {
		l.problem(l.where("assets.timeout"), "%v is out of range: use 1s to 1m", a.Timeout)
	}
	if a.PerSession < 1 || a.PerSession > 10_000 {
		l.problem(l.where("assets.per_session"), "%d is out of range: use 1 to 10000", a.PerSession)
	}
}

// checkBlocks does not print the value, which may contain a misplaced key.
func (l *loader) checkBlocks() {
	c := l.config
	const form = "write a directory, or an address such as s3://bucket/prefix?endpoint=https://host:9000&region=name"
	switch u, err := url.Parse(c.Blocks); {
	case !strings.Contains(c.Blocks, "://"):
	case !c.BlocksInS3(), err != nil, u.Host == "":
		l.problem(l.where("blocks"), "this is not a location for recordings: %s", form)
	case u.User != nil:
		l.problem(l.where("blocks"), "keys do not belong in the address: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
	}
	if c.S3.Window < 0 || c.S3.Window > Duration(10*time.Second) {
		l.problem(l.where("s3.window"), "%v is out of range: use at most 10s, clients wait for it", c.S3.Window)
	}
	if c.S3.CompactAfter < 0 || c.S3.CompactAfter > 0 && c.S3.CompactAfter < Duration(time.Minute) {
		l.problem(l.where("s3.compact_after"), "%v is out of range: use 1m or more, or 0 for never", c.S3.CompactAfter)
	}
	if c.S3.Grace < Duration(time.Hour) {
		l.problem(l.where("s3.grace"), "%v is out of range: use 1h or more", c.S3.Grace)
	}
}

// leastKey is the fewest characters of a cookie_key: as base64, 32 of them hold 192 bits.
const leastKey = 32

// checkStore does not print the value, which may contain a password.
func (l *loader) checkStore() {
	c := l.config
	if c.CookieKey != "" && len(c.CookieKey) < leastKey {
		l.problem(l.where("cookie_key"), "too short: use %d random characters or more, for instance from: openssl rand -base64 48", leastKey)
	}
	if !c.Clustered() {
		if c.StorePassword != "" {
			l.problem(l.where("store_password"), "store is duckdb, which has no password")
		}
		if c.ClickHouse.TextIndex {
			l.problem(l.where("clickhouse.text_index"), "store is duckdb, which has no such index")
		}
		return
	}
	const form = "write duckdb, or an address such as clickhouse://user:password@host:9000/database?cluster=NAME"
	u, err := url.Parse(c.Store)
	switch {
	case err != nil:
		l.problem(l.where("store"), "this is not a storage (is a character of the password not written as %%XX?): %s", form)
		return
	case u.Scheme != "clickhouse":
		l.problem(l.where("store"), "this is not a storage: %s", form)
		return
	case u.Host == "" || strings.Trim(u.Path, "/") == "":
		l.problem(l.where("store"), "the address lacks a host or a database: %s", form)
	}
	if _, twice := u.User.Password(); twice && c.StorePassword != "" {
		l.problem(l.where("store_password", "store"), "store already has a password: write only one of the two")
	} else if twice && strings.HasPrefix(l.where("store"), "--") {
		l.warnings = append(l.warnings, "--store contains a password, which other users of this machine can read: set "+Prefix+"STORE or "+Prefix+"STORE_PASSWORD, or write it into the file")
	}
}

// leastConnections is how many connections one browser and one backend may open at the same time.
const leastConnections = 16

func (l *loader) checkLimits() {
	m := l.config.Limits
	for _, limit := range []struct {
		key   string
		value Bytes
		least Bytes
	}{
		{"limits.max_body", m.MaxBody, 64 << 10},
		{"limits.max_decoded", m.MaxDecoded, 64 << 10},
		{"limits.max_event", m.MaxEvent, 64 << 10},
		{"limits.max_in_flight", m.MaxInFlight, 1 << 20},
	} {
		if limit.value < limit.least {
			l.problem(l.where(limit.key), "%v is too small: use %v or more", limit.value, limit.least)
		}
	}
	if m.MaxConnections > 0 && m.MaxConnections < leastConnections {
		l.problem(l.where("limits.max_connections"), "%d is too small: use %d or more, or 0 for the limit of the system", m.MaxConnections, leastConnections)
	}
	if m.MaxDecoded < m.MaxBody {
		l.problem(l.where("limits.max_decoded", "limits.max_body"), "max_decoded (%v) is less than max_body (%v): an uncompressed body has both sizes", m.MaxDecoded, m.MaxBody)
	}
}

func (l *loader) checkAddress(key, address string) {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		l.problem(l.where(key), "%q is not an address such as 127.0.0.1:8000 or :8000", address)
		return
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		l.problem(l.where(key), "%q is not a port: use 0 (any free one) to 65535", port)
	}
}

// where returns the first of the keys that was given, in the form of its source.
func (l *loader) where(keys ...string) string {
	for _, key := range keys {
		if where, ok := l.given[key]; ok {
			return where
		}
	}
	return keys[0]
}
