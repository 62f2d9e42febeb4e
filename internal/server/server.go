// Package server is the composition root: it builds and starts every part in order and stops them in reverse order. It has no
// global state, so one process can run several servers.
package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/playheadhq/playhead/internal/assets"
	"github.com/playheadhq/playhead/internal/auth"
	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/compact"
	"github.com/playheadhq/playhead/internal/config"
	"github.com/playheadhq/playhead/internal/damage"
	"github.com/playheadhq/playhead/internal/derive"
	"github.com/playheadhq/playhead/internal/edge"
	"github.com/playheadhq/playhead/internal/ingest"
	"github.com/playheadhq/playhead/internal/intake"
	"github.com/playheadhq/playhead/internal/link/reaction"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/nodes"
	"github.com/playheadhq/playhead/internal/otlp"
	"github.com/playheadhq/playhead/internal/posthog"
	"github.com/playheadhq/playhead/internal/price"
	"github.com/playheadhq/playhead/internal/query"
	"github.com/playheadhq/playhead/internal/remote"
)

// Options of Start.
type Options struct {
	Config *config.Config
	// Version is the version that the server reports.
	Version string
	// Logger is nil for no log.
	Logger *slog.Logger
	// Processors is how many requests may be processed at the same time; 0 means as many as Go uses processors.
	Processors int
	// BodyTimeout is how long a captured body may take to arrive; 0 is a minute.
	BodyTimeout time.Duration
}

// Server is a running Playhead.
type Server struct {
	config  *config.Config
	version string
	logger  *slog.Logger
	// processors is how many requests may be processed at the same time.
	processors int
	dataDir    string
	secrets    secrets
	metrics    *prometheus.Registry
	patience   time.Duration // Options.BodyTimeout
	health     *edge.Health
	listener   net.Listener
	proxies    remote.Proxies
	storages
	losses  []damage.Loss // accepted now or earlier
	node    model.Node
	nodes   *nodes.Watch
	deriver *derive.Deriver
	// recordings derives activity. It reads what ingest has just written.
	recordings *derive.Recordings
	// experiences derives what users saw of answers, from the rows of both.
	experiences *derive.Experiences
	// assets fetches what recorded pages refer to; nil when no host may be asked.
	assets  *assets.Worker
	written blocks.Store
	ingest  *ingest.Pipeline
	// compactor is nil when nothing is to be rewritten.
	compactor *compact.Compactor
	query     *query.Service
	intake    *intake.Gate
	otlp      *otlp.Handler
	demo      atomic.Pointer[Demo]
	gate      *auth.Gate
	signIn    bool
	link      string
	drain     *edge.Drain
	http      *http.Server
	grpc      *grpcServer
	// giveUp cancels the contexts of all requests.
	giveUp context.CancelCauseFunc
	served chan error // the result of Serve
	failed chan error // the reason why it cannot continue
}

// Start opens the data, listens and serves. The context limits the start, not the running server. After an error, nothing is left running.
func Start(ctx context.Context, o Options) (_ *Server, err error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Server{
		config: o.Config, version: o.Version, logger: o.Logger, patience: o.BodyTimeout, processors: cmp.Or(o.Processors, runtime.GOMAXPROCS(0)),
		metrics: prometheus.NewRegistry(), drain: edge.NewDrain(), served: make(chan error, 1), failed: make(chan error, 1),
	}
	defer func() {
		if err != nil {
			may := s.stages()
			err = errors.Join(err, s.release(may.using, time.Now().Add(may.total)))
		}
	}()
	if err := checkShared(o.Config); err != nil {
		return nil, err
	}
	if o.Config.Clustered() && !o.Config.BlocksInS3() {
		o.Logger.Warn("recordings are in a directory: other servers can show them only if all use the same directory; set blocks to s3://…")
	}
	if s.dataDir, err = filepath.Abs(o.Config.Data); err != nil {
		return nil, fmt.Errorf("data directory %s: %w", o.Config.Data, err)
	}
	if s.proxies, err = remote.ParseProxies(o.Config.TrustedProxies); err != nil {
		return nil, fmt.Errorf("trusted_proxies: %w", err)
	}
	// Listen first: an address in use is the most common problem, and the cheapest to check.
	if s.listener, err = listen(ctx, o.Config.Listen, "--listen"); err != nil {
		return nil, err
	}
	if err = s.listenGRPC(ctx); err != nil {
		return nil, err
	}
	if needsDirectory(o.Config) {
		if err := makeDataDir(s.dataDir); err != nil {
			return nil, err
		}
	}
	// Then open the store, whose lock reserves the directory.
	if err := s.open(ctx, o.Config, s.dataDir, o.Logger, true, s.fail); err != nil {
		return nil, err
	}
	if err := s.acceptRecordings(ctx, s.dataDir, o.Config.AcceptLoss, o.Logger); err != nil {
		return nil, err
	}
	if s.losses, err = damage.Accepted(s.dataDir); err != nil {
		return nil, err
	}
	if s.secrets, err = loadSecrets(s.dataDir, o.Config); err != nil {
		return nil, err
	}
	weights, err := o.Config.Weights()
	if err != nil {
		return nil, fmt.Errorf("setting reaction_weights: %w", err)
	}
	hosts, err := assets.ParseHosts(o.Config.Assets.Hosts)
	if err != nil {
		return nil, fmt.Errorf("setting assets.hosts: %w", err)
	}
	prices, err := price.New(o.Config.Prices)
	if err != nil {
		return nil, fmt.Errorf("setting prices: %w", err)
	}
	s.startDeriving(s.startAssets(hosts))
	s.startIngest(prices, weights, hosts)
	s.startCompacting()
	s.watchNodes()
	s.startHealth()
	handler, err := s.handler()
	if err != nil {
		return nil, err
	}
	connections := s.limitConnections(s.listener, s.metrics)
	var requests context.Context
	requests, s.giveUp = context.WithCancelCause(context.Background())
	s.http = &http.Server{
		Handler:           handler,
		BaseContext:       func(net.Listener) context.Context { return requests },
		ConnState:         connections.ConnState,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10, // browsers send the cookies of all ports of localhost
		ErrorLog:          slog.NewLogLogger(o.Logger.Handler(), slog.LevelDebug),
		// Bodies and answers get deadlines by request, see edge.Deadlines.
	}
	go func() { s.served <- s.http.Serve(connections) }()
	s.serveGRPC(requests)
	return s, nil
}

func (s *Server) startIngest(prices *price.List, weights reaction.Weights, hosts assets.Hosts) {
	s.ingest = ingest.New(ingest.Options{
		Store: s.experiences.Writer(s.recordings.Writer(s.deriver.Writer(s.store))), Blocks: s.written, Prices: prices, Window: s.window(), Logger: s.logger, Registerer: s.metrics,
		Limits: ingest.Limits{
			EventBytes: int(s.config.Limits.MaxEvent),
			// Data that wait for a commit belong to an open request, and count there, too.
			WaitingBytes: int64(s.config.Limits.MaxInFlight) / 2,
		},
	})
	s.query = query.New(query.Options{
		Store: s.store, Blocks: s.blocks, BlocksAtOnce: s.blocksAtOnce(), Version: s.version, Projects: s.secrets.projects.names(), Tokens: s.secrets.projects.tokens(),
		Weights: weights, ActivityOf: posthog.ActivityOf, Described: posthog.Described, Prices: prices, Note: s.note, Save: s.save, Shares: s.shares(), Nodes: s.servers, TurnedAway: s.turnedAway, WrongTokens: s.wrongTokens, Rejected: s.rejected, Demo: s.demo.Load,
		Assets: assets.Reader{From: s.named, Hosts: hosts}, AssetCounts: s.assetCounts,
	})
}

// fail makes Wait return with a reason. Only the first call has an effect.
func (s *Server) fail(err error) {
	select {
	case s.failed <- err:
	default:
	}
}

// Wait returns when the server no longer serves or cannot continue: nil after Close, otherwise the reason.
func (s *Server) Wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-s.failed:
		return err
	case err := <-s.served:
		s.served <- err
		if errors.Is(err, http.ErrServerClosed) {
			return nil
		}
		return fmt.Errorf("serve %s: %w", s.listener.Addr(), err)
	}
}
