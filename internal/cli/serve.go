package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

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

// withServer starts a server as the settings say, calls use, and stops the server when it returns.
func withServer(ctx context.Context, env environment, name string, args []string,
	use func(context.Context, *server.Server, *config.Config, *slog.Logger) error,
) (err error) {
	c, warnings, err := config.Load(config.Source{Command: name, Args: args, Environ: env.environ})
	if err != nil {
		return err
	}
	limitMemory(c, env.environ)
	logger := newLogger(env, c.Log)
	for _, w := range warnings {
		logger.Warn(w)
	}
	s, err := server.Start(ctx, server.Options{Config: c, Version: Version(), Logger: logger})
	if err != nil {
		return err
	}
	where := []any{"version", Version(), "listen", s.Address(), "store", c.StoreName()}
	if !c.Clustered() {
		where = append(where, "data", c.Data)
	}
	logger.Info("started", where...)
	defer func() {
		stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Duration(c.ShutdownTimeout))
		defer cancel()
		if closing := s.Close(stopping); closing != nil {
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
