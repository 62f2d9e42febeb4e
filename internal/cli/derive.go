package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/playheadhq/playhead/internal/config"
	"github.com/playheadhq/playhead/internal/server"
)

// deriveAgain derives links again, regardless of stored ones.
func deriveAgain(ctx context.Context, env environment, args []string) error {
	c, warnings, err := config.Load(config.Source{Command: "derive", Args: args, Environ: env.environ})
	if err != nil {
		return err
	}
	logger := newLogger(env, c.Log)
	for _, w := range warnings {
		logger.Warn(w)
	}
	looked, changed, err := server.DeriveAgain(ctx, server.Move{Config: c, Version: Version(), Logger: logger}, time.Now().Add(-time.Duration(c.Since)))
	if err != nil {
		return err
	}
	fmt.Fprintf(env.stdout, "Checked %s traces and generations without a trace: stored %s new or changed links.\n", thousands(int64(looked)), thousands(int64(changed)))
	return nil
}
