// Package demo is a small chat application, written as a customer of Playhead would write it: a page with posthog-js and a Go backend with POST
// /api/chat that reads X-POSTHOG-SESSION-ID, calls a language model, streams the answer and reports the call. It uses Playhead only as any other
// application does, over HTTP, and runs on its own origin (another port).
//
// It also sends thirty days of history, which package history makes up.
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
	"sync"
	"time"

	"github.com/playheadhq/playhead/internal/demo/history"
)

// DefaultListen is the default address of the application: on the same machine as the server, with another port and so another origin.
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
	// History is the file that records which history was sent, so that it is sent only once; with "" none is sent. See package history.
	History string
	// HistorySize is how large the history is; the zero value is [history.Full].
	HistorySize history.Size
	// Changed, if set, is called with what the demo can show, first at the start and then whenever it changes. Calls do not overlap.
	Changed func(State)
	// Logger is for failures; nil means slog.Default().
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

// ListenError says why the application cannot listen on its address.
type ListenError struct{ Cause error }

func (e *ListenError) Error() string { return "demo application: " + e.Cause.Error() }
func (e *ListenError) Unwrap() error { return e.Cause }

// Run serves the application until ctx ends, then waits at most five seconds for running answers. It returns nil after a shutdown by ctx, and an
// error if the options are wrong, and a [ListenError] if it cannot listen on its address.
func Run(ctx context.Context, o Options) error {
	a, err := open(o)
	if err != nil {
		return err
	}
	if o.Listen == "" {
		o.Listen = DefaultListen
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.Listen)
	if err != nil {
		return &ListenError{err}
	}
	// Answers end with ctx, so that a shutdown does not wait for a model that is still answering.
	server := &http.Server{
		Handler:           a.handler(),
		ReadHeaderTimeout: 10 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}
	stopped := make(chan error, 1)
	go func() { stopped <- server.Serve(listener) }()
	address := "http://" + reachable(listener.Addr().String())
	if o.Ready != nil {
		o.Ready(address)
	}
	a.past.set(func(s *State) { s.Chat = address })
	// The history is sent in the background, and the chat does not wait for it.
	sending, stopSending := context.WithCancel(ctx)
	var sender sync.WaitGroup
	sender.Go(func() {
		if err := a.past.run(sending); err != nil {
			a.log.Warn("the demo's history was not sent", "error", err)
		}
	})
	defer sender.Wait()
	defer stopSending()
	select {
	case err := <-stopped:
		return fmt.Errorf("demo application: %w", err)
	case <-ctx.Done():
	}
	down, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	err = server.Shutdown(down)
	if err != nil {
		_ = server.Close() // Shutdown returned the error
	}
	if served := <-stopped; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return nil
	}
	return err
}

// open checks the options and makes the application.
func open(o Options) (*app, error) {
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
	return newApp(o, chooseModel(o)), nil
}

// chooseModel returns the scripted model unless a real one is configured.
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
