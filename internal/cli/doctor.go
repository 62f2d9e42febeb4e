package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/playheadhq/playhead/internal/config"
	"github.com/playheadhq/playhead/internal/server"
)

// doctor checks everything that a start depends on. It changes no more than a start would.
func doctor(ctx context.Context, env environment, args []string) error {
	return examine(ctx, env, "doctor", args, nil)
}

// check is doctor, and also reads all stored data.
func check(ctx context.Context, env environment, args []string) error {
	next := time.Now().Add(reportEvery)
	return examine(ctx, env, "check", args, func(rows int64) {
		if now := time.Now(); now.After(next) {
			next = now.Add(reportEvery)
			fmt.Fprintf(env.stderr, "%s rows read\n", thousands(rows))
		}
	})
}

// reportEvery is how often check prints its progress.
const reportEvery = 10 * time.Second

func examine(ctx context.Context, env environment, name string, args []string, report func(rows int64)) error {
	c, warnings, err := config.Load(config.Source{Command: name, Args: args, Environ: env.environ})
	if err != nil {
		return err
	}
	fmt.Fprintln(env.stdout, "ok    settings")
	for _, w := range warnings {
		fmt.Fprintln(env.stdout, "note  "+w)
	}
	failed := false
	for _, f := range server.Check(ctx, c, report) {
		if f.Err != nil {
			failed = true
			fmt.Fprintf(env.stdout, "BAD   %s: %v\n", f.Name, f.Err)
			continue
		}
		fmt.Fprintf(env.stdout, "ok    %s: %s\n", f.Name, f.Found)
	}
	if failed {
		return errSilent
	}
	return nil
}
