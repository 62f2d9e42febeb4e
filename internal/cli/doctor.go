package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/playheadhq/playhead/internal/config"
	"github.com/playheadhq/playhead/internal/server"
)

// doctor checks everything that a start depends on, and reports how many generations are linked to recordings. It changes no more than a start would.
// With the address of a running server it asks that server about links.
func doctor(ctx context.Context, env environment, args []string) error {
	base, args, err := addressIn(args)
	if err != nil {
		return err
	}
	if base != "" {
		c, _, err := config.Load(config.Source{Command: "doctor", Args: args, Environ: env.environ})
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(ctx, doctorPatience)
		defer cancel()
		notes, err := server.AskLinks(ctx, base, c.Password)
		printNotes(env, notes)
		return err
	}
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

// doctorPatience is longer than it takes to sum up all generations of a week.
const doctorPatience = time.Minute

func printNotes(env environment, notes []string) {
	for _, n := range notes {
		fmt.Fprintln(env.stdout, "note  "+n)
	}
}

// reportEvery is how often check prints its progress.
const reportEvery = 10 * time.Second

func examine(ctx context.Context, env environment, name string, args []string, report func(rows int64)) error {
	c, warnings, err := config.Load(config.Source{Command: name, Args: args, Environ: env.environ})
	if err != nil {
		return err
	}
	fmt.Fprintln(env.stdout, "ok    settings")
	printNotes(env, warnings)
	failed := false
	for _, f := range server.Check(ctx, c, report) {
		if f.Err != nil {
			failed = true
			fmt.Fprintf(env.stdout, "BAD   %s: %v\n", f.Name, f.Err)
			continue
		}
		fmt.Fprintf(env.stdout, "ok    %s: %s\n", f.Name, f.Found)
		printNotes(env, f.Notes)
	}
	if failed {
		return errSilent
	}
	return nil
}
