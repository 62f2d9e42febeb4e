package cli

import (
	"context"
	"fmt"

	"github.com/playheadhq/playhead/internal/config"
	"github.com/playheadhq/playhead/internal/server"
)

// reprice calculates the costs of calls again.
func reprice(ctx context.Context, env environment, args []string) error {
	c, warnings, err := config.Load(config.Source{Command: "reprice", Args: args, Environ: env.environ})
	if err != nil {
		return err
	}
	logger := newLogger(env, c.Log)
	for _, w := range warnings {
		logger.Warn(w)
	}
	fromMS, toMS, err := c.Repriced()
	if err != nil {
		return err
	}
	done, err := server.Reprice(ctx, server.Move{Config: c, Version: Version(), Logger: logger}, fromMS, toMS, func(r server.Repriced) {
		logger.Info("repricing", "calls", r.Calls, "changed", r.Changed)
	})
	if err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("interrupted: run the same command again (%w)", err)
		}
		return err
	}
	fmt.Fprintf(env.stdout, "Looked at %s generations and embeddings: %s have another cost or price now, %s keep what their client said, %s have no price. All of them together cost $%.4f, before $%.4f.\n",
		thousands(done.Calls), thousands(done.Changed), thousands(done.Given), thousands(done.Unpriced), done.After, done.Before)
	return nil
}
