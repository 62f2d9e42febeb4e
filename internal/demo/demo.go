// Package demo is a small chat application as a customer of Playhead would write one: a page with posthog-js and a Go
// backend with POST /api/chat that reads X-POSTHOG-SESSION-ID, calls a language model, streams the answer and reports the
// call. It speaks to Playhead only as any other application does, over HTTP through the front door, and runs on an origin
// of its own (another port).
//
// Without a key a scripted model answers, so that the demo needs no network; see [Options] for a real one.
package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// DefaultListen is where the application listens unless told otherwise: beside the server, on another origin.
const DefaultListen = "127.0.0.1:8001"

// Options configures [Run].
type Options struct {
	// Listen is the application's own address; empty means [DefaultListen]. Port 0 takes a free one, see Ready.
	Listen string
	// PlayheadURL is the server's base URL as the browser and the backend reach it, for example http://127.0.0.1:8000.
	PlayheadURL string
	// Token is the project token that events and recordings are sent with.
	Token string
	// OpenAIBaseURL and OpenAIKey choose a real model that speaks OpenAI's chat completions, for example
	// https://api.openai.com/v1. With both empty the built-in scripted model answers; with the key alone OpenAI's own
	// address is used.
	OpenAIBaseURL, OpenAIKey string
	// OpenAIModel is the real model's name; empty means gpt-4o-mini.
	OpenAIModel string
	// Logger gets what goes wrong; nil means slog.Default().
	Logger *slog.Logger
	// Ready, when set, is called once with the application's address, for example http://127.0.0.1:8001, when it accepts
	// connections.
	Ready func(appURL string)
}

const (
	openAIBase   = "https://api.openai.com/v1"
	openAIModel  = "gpt-4o-mini"
	shutdownTime = 5 * time.Second
)

// Run serves the application until ctx ends, then lets answers under way finish for at most five seconds. It returns nil
// after a shutdown asked for by ctx, and an error when the options are wrong or the address is taken.
func Run(ctx context.Context, o Options) error {
	handler, err := New(o)
	if err != nil {
		return err
	}
	if o.Listen == "" {
		o.Listen = DefaultListen
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.Listen)
	if err != nil {
		return fmt.Errorf("demo application: %w", err)
	}
	// Answers end with ctx, so that a shutdown does not wait for a model that is still talking.
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}
	stopped := make(chan error, 1)
	go func() { stopped <- server.Serve(listener) }()
	if o.Ready != nil {
		o.Ready("http://" + reachable(listener.Addr().String()))
	}
	select {
	case err := <-stopped:
		return fmt.Errorf("demo application: %w", err)
	case <-ctx.Done():
	}
	down, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	err = server.Shutdown(down)
	if err != nil {
		_ = server.Close() // Shutdown said what is wrong
	}
	if served := <-stopped; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return nil
	}
	return err
}

// New is the application as a handler, for tests and for those who serve it themselves.
func New(o Options) (http.Handler, error) {
	u, err := url.Parse(o.PlayheadURL)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, fmt.Errorf("demo application: Playhead's address %q is not an http(s) URL", o.PlayheadURL)
	}
	if o.Token == "" {
		return nil, errors.New("demo application: no project token")
	}
	o.PlayheadURL = strings.TrimRight(o.PlayheadURL, "/")
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return newApp(o, chooseModel(o)).handler(), nil
}

// chooseModel gives the scripted model unless a real one is configured.
func chooseModel(o Options) model {
	if o.OpenAIBaseURL == "" && o.OpenAIKey == "" {
		return newScripted()
	}
	if o.OpenAIBaseURL == "" {
		o.OpenAIBaseURL = openAIBase
	}
	if o.OpenAIModel == "" {
		o.OpenAIModel = openAIModel
	}
	return &openAI{base: strings.TrimRight(o.OpenAIBaseURL, "/"), key: o.OpenAIKey, name: o.OpenAIModel, http: &http.Client{}}
}

// reachable turns a listening address into one that a browser on this machine can open.
func reachable(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}
