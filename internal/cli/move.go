package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/playheadhq/playhead/internal/archive"
	"github.com/playheadhq/playhead/internal/config"
	"github.com/playheadhq/playhead/internal/server"
)

// export writes all stored data to a directory.
func export(ctx context.Context, env environment, args []string) error {
	return move(ctx, env, "export", args, server.Export, func(c *config.Config, r archive.Result, took time.Duration) {
		fmt.Fprintf(env.stdout, "Exported to %s (%s, %s a second):\n", c.Out, bytesText(r.Bytes), bytesText(perSecond(r.Bytes, took)))
		printSums(env, r)
		if r.Missing > 0 {
			fmt.Fprintf(env.stdout, "The bytes of %d recording blocks in the index are missing from the storage; these blocks were left out.\n", r.Missing)
		}
	})
}

// importAll imports an export into a storage.
func importAll(ctx context.Context, env environment, args []string) error {
	return move(ctx, env, "import", args, server.Import, func(c *config.Config, r archive.Result, took time.Duration) {
		where := c.StoreName()
		if !c.Clustered() {
			where = c.Data
		}
		fmt.Fprintf(env.stdout, "All data of %s are in %s, as exported. Counts and checksums of what was read back:\n", c.In, where)
		printSums(env, r)
		if r.Elsewhere > 0 {
			fmt.Fprintf(env.stdout, "%d events or blocks already existed, from another delivery; they were not changed.\n", r.Elsewhere)
		}
	})
}

func move(ctx context.Context, env environment, name string, args []string,
	do func(context.Context, server.Move) (archive.Result, error), done func(*config.Config, archive.Result, time.Duration),
) error {
	c, warnings, err := config.Load(config.Source{Command: name, Args: args, Environ: env.environ})
	if err != nil {
		return err
	}
	logger := newLogger(env, c.Log)
	for _, w := range warnings {
		logger.Warn(w)
	}
	meter := newMeter(env.stderr, time.Now)
	start := time.Now()
	r, err := do(ctx, server.Move{Config: c, Version: Version(), Logger: logger, Report: meter.report})
	meter.end()
	if err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("interrupted: run the same command again to resume (%w)", err)
		}
		return err
	}
	done(c, r, time.Since(start))
	return nil
}

func printSums(env environment, r archive.Result) {
	for _, kind := range archive.Kinds {
		fmt.Fprintf(env.stdout, "  %-10s %12s  %s\n", kind, thousands(r.Sums[kind].Rows), r.Sums[kind].Checksum)
	}
}

func perSecond(n int64, took time.Duration) int64 {
	return int64(float64(n) / max(took.Seconds(), 1e-3))
}
