package cli

import (
	"context"
	"fmt"

	"github.com/playheadhq/playhead/internal/config"
	"github.com/playheadhq/playhead/internal/server"
)

// doctor checks what starting a server depends on, all of it, without changing anything but what a start would.
func doctor(ctx context.Context, env environment, args []string) error {
	c, warnings, err := config.Load(config.Source{Command: "doctor", Args: args, Environ: env.environ})
	if err != nil {
		return err
	}
	fmt.Fprintln(env.stdout, "ok    settings")
	for _, w := range warnings {
		fmt.Fprintln(env.stdout, "note  "+w)
	}
	failed := false
	for _, check := range server.Check(ctx, c) {
		if check.Err != nil {
			failed = true
			fmt.Fprintf(env.stdout, "BAD   %s: %v\n", check.Name, check.Err)
			continue
		}
		fmt.Fprintf(env.stdout, "ok    %s: %s\n", check.Name, check.Found)
	}
	if failed {
		return errSilent
	}
	return nil
}
