package server

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/klauspost/compress/gzhttp"

	"github.com/playheadhq/playhead/internal/api"
	"github.com/playheadhq/playhead/internal/auth"
	"github.com/playheadhq/playhead/internal/edge"
	"github.com/playheadhq/playhead/internal/fair"
	"github.com/playheadhq/playhead/internal/intake"
	"github.com/playheadhq/playhead/internal/mcp"
	"github.com/playheadhq/playhead/internal/otlp"
	"github.com/playheadhq/playhead/internal/posthog"
	"github.com/playheadhq/playhead/internal/query"
	"github.com/playheadhq/playhead/internal/webui"
)

// handler serves every route of the server. There are three kinds: capture, which any page may use; health, which needs no sign-in; and the rest,
// which shows captured data and is protected.
func (s *Server) handler() (http.Handler, error) {
	limits := s.config.Limits
	rate := int64(limits.MinRate)
	if rate == 0 {
		rate = -1 // no minimum
	}
	owners := s.secrets.projects.byToken()
	tokenShare := 1.0
	if len(owners) > 1 { // pages and backends of one project share a token
		tokenShare = float64(limits.TokenShare)
	}
	open := http.NewServeMux()
	project := func(token string) (string, bool) {
		project, known := owners[token]
		return project, known
	}
	s.intake = intake.New(intake.Options{
		Limits: intake.Limits{
			Body: int64(limits.MaxBody), Decoded: int64(limits.MaxDecoded), Event: int64(limits.MaxEvent), InFlight: int64(limits.MaxInFlight),
			AddressShare: float64(limits.AddressShare), TokenShare: tokenShare, MinRate: rate, BodyTimeout: s.patience,
		},
		Turns:  fair.NewTurns(s.processors),
		Logger: s.logger, Registerer: s.metrics,
	})
	posthog.New(posthog.Options{Sink: s.ingest, Project: project, Gate: s.intake}).Register(open)
	s.otlp = otlp.New(otlp.Options{Sink: s.ingest, Project: project, Gate: s.intake, Recorded: s.recorded})
	s.otlp.Register(open)

	health := http.NewServeMux()
	s.health.Register(health)

	shown, serves, err := s.shown()
	if err != nil {
		return nil, err
	}
	captured := s.drain.Guard(open, edge.StoppingCapture(open))
	root := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := health.Handler(r); pattern != "" {
			health.ServeHTTP(w, r)
		} else if _, pattern := open.Handler(r); pattern != "" {
			captured.ServeHTTP(w, r)
		} else if r.Method == http.MethodPost && !serves(r) {
			s.noRoute(w, r)
		} else {
			shown.ServeHTTP(w, r)
		}
	})
	answered := edge.Deadlines(s.drain.Farewell(edge.Recovered(s.logger, root)))
	return api.HideToken(s.proxies.Handler(edge.Observed(s.metrics, s.version, s.logger, answered), s.logger)), nil
}

// shown is everything that shows data: the UI, the API, MCP and the metrics, behind the gate, and the routes for guests with a link. serves reports whether
// anything but the UI answers a request: the UI has a page for every path, but takes nothing.
func (s *Server) shown() (shown http.Handler, serves func(*http.Request) bool, err error) {
	options := api.Options{Query: s.query, Version: s.version, Logger: s.logger, ClipScript: webui.ClipScript()}
	answers, err := api.New(options)
	if err != nil {
		return nil, nil, err
	}
	ui, err := webui.Handler()
	if err != nil {
		return nil, nil, err
	}
	s.gate, s.signIn = s.newGate()
	inside := http.NewServeMux()
	inside.Handle("/api/", s.drain.Guard(answers, http.HandlerFunc(edge.Stopping)))
	agents := mcp.New(mcp.Options{Query: s.query, Version: s.version, Address: s.URL(), Logger: s.logger})
	inside.Handle(mcp.Path, s.drain.Guard(gzhttp.GzipHandler(agents), http.HandlerFunc(edge.Stopping)))
	inside.Handle("/metrics", edge.Metrics(s.metrics))
	inside.Handle("/", gzhttp.GzipHandler(ui))

	outside := http.NewServeMux()
	s.gate.Register(outside)
	outside.Handle(query.SharePath, s.drain.Guard(gzhttp.GzipHandler(api.Guests(options, ui)), http.HandlerFunc(edge.Stopping)))
	// The page's own files need no sign-in, because they contain no data and are part of the published program.
	for _, path := range webui.Files {
		outside.Handle(path, gzhttp.GzipHandler(ui))
	}
	outside.Handle(webui.FramePath, webui.Frame())
	outside.Handle("/", s.gate.Protect(inside))
	serves = func(r *http.Request) bool {
		_, outer := outside.Handler(r)
		_, inner := inside.Handler(r)
		return outer != "/" || inner != "/"
	}
	return edge.Secured(webui.ContentSecurityPolicy, http.NewCrossOriginProtection().Handler(outside)), serves, nil
}

func (s *Server) newGate() (*auth.Gate, bool) {
	c := s.config
	o := auth.Options{
		Required: auth.Needed(c.Listen, c.PublicURL, c.Password), Password: c.Password, Key: s.secrets.key,
		ReadTokens: c.ReadTokensByName(), ReadingPaths: []string{mcp.Path},
		Lifetime: time.Duration(c.SignInLifetime), Hosts: []string{hostOf(c.Listen)}, Logger: s.logger, Registerer: s.metrics,
	}
	if u, err := url.Parse(c.PublicURL); err == nil && u.Host != "" {
		o.Hosts = append(o.Hosts, u.Hostname())
		o.Secure = u.Scheme == "https"
	}
	gate := auth.New(o)
	if o.Required && !c.Clustered() { // other servers would not accept the link
		s.link = strings.TrimSuffix(s.URL(), "/") + gate.NewLink()
	}
	return gate, o.Required
}
