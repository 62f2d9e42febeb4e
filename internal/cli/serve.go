package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"

	"github.com/playheadhq/playhead/internal/config"
	"github.com/playheadhq/playhead/internal/server"
)

// serve runs a server until it is told to stop.
func serve(ctx context.Context, env environment, args []string) error {
	return withServer(ctx, env, "serve", args, func(ctx context.Context, s *server.Server, _ *config.Config, _ *slog.Logger) error {
		s.Describe(env.stdout)
		return s.Wait(ctx)
	})
}

// withServer starts a server with these settings, calls use, and stops the server when use returns.
func withServer(ctx context.Context, env environment, name string, args []string,
	use func(context.Context, *server.Server, *config.Config, *slog.Logger) error,
) (err error) {
	c, warnings, err := config.Load(config.Source{Command: name, Args: args, Environ: env.environ})
	if err != nil {
		return err
	}
	defer runtime.KeepAlive(limitMemory(c, env.environ))
	logger := newLogger(env, c.Log)
	for _, w := range warnings {
		logger.Warn(w)
	}
	s, err := server.Start(ctx, server.Options{Config: c, Version: Version(), Logger: logger, Processors: takeProcessors()})
	switch {
	case err != nil && ctx.Err() != nil:
		logger.Info("stopped while starting", "error", err)
		return nil
	case err != nil:
		return err
	}
	where := []any{"version", Version(), "listen", s.Address(), "store", c.StoreName()}
	if !c.Clustered() {
		where = append(where, "data", c.Data)
	}
	debug.FreeOSMemory() // release memory that only the start needed, such as the published price lists
	logger.Info("started", where...)
	defer func() {
		// From now on, one signal means not to wait for requests, and another one ends the process.
		hurry, stop := signal.NotifyContext(context.WithoutCancel(ctx), os.Interrupt, syscall.SIGTERM)
		defer stop()
		context.AfterFunc(hurry, stop)
		if closing := s.Close(hurry); closing != nil {
			err = errors.Join(err, fmt.Errorf("stop: %w", closing))
		}
	}()
	return use(ctx, s, c, logger)
}

func newLogger(env environment, c config.Log) *slog.Logger {
	options := &slog.HandlerOptions{Level: c.Level}
	if c.Format == "json" {
		return slog.New(slog.NewJSONHandler(env.stderr, options))
	}
	return slog.New(slog.NewTextHandler(env.stderr, options))
}
