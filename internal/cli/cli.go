// Package cli is the command line: one file for each subcommand.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/playheadhq/playhead/internal/config"
)

// Exit codes.
const (
	exitOK     = 0
	exitFailed = 1 // it did not work
	exitUsage  = 2 // it was not understood
)

// command is a subcommand.
type command struct {
	name    string
	summary string
	run     func(ctx context.Context, env environment, args []string) error
}

// environment is what a command knows of the world, so that tests can make another.
type environment struct {
	stdout, stderr io.Writer
	environ        []string
}

func commands() []command {
	return []command{
		{"serve", "run the server", serve},
		{"demo", "run the server and a demo chat application beside it", runDemo},
		{"doctor", "check the settings, the data directory and the address, and say what to do", doctor},
		{"check", "read everything that is stored, and say what of it is damaged; the server must be stopped", check},
		{"ready", "ask a running server whether it can take and show data", ready},
		{"export", "write everything that is stored to a directory, to move it to another storage", export},
		{"import", "bring an export into a storage, and check that it is there", importAll},
		{"derive", "work out again which recording each trace belongs to, of what was received lately", deriveAgain},
		{"version", "print the version", printVersion},
	}
}

// errSilent: the command failed and has said why.
var errSilent = errors.New("failed")

// usageError is a mistake in what was typed.
type usageError struct{ error }

// Main runs the command that the arguments name and returns the exit code. The first interrupt or SIGTERM stops it in
// order; a second one ends the process at once, a server's when it comes a third time.
func Main(args []string) int {
	prepareProcess()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	return run(ctx, environment{stdout: os.Stdout, stderr: os.Stderr, environ: os.Environ()}, args)
}

func run(ctx context.Context, env environment, args []string) int {
	if len(args) == 0 {
		usage(env.stderr)
		return exitUsage
	}
	switch args[0] {
	case "help", "-h", "-help", "--help":
		if len(args) > 1 {
			args = []string{args[1], "--help"}
			break
		}
		usage(env.stdout)
		return exitOK
	case "-version", "--version", "-v":
		args[0] = "version"
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return report(env, c, c.run(ctx, env, args[1:]))
		}
	}
	fmt.Fprintf(env.stderr, "playhead: there is no command %q\n\n", args[0])
	usage(env.stderr)
	return exitUsage
}

// report turns what a command returned into words and an exit code.
func report(env environment, c command, err error) int {
	var problems config.Problems
	var misused usageError
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, config.ErrHelp):
		help(env.stdout, c)
		return exitOK
	case errors.Is(err, errSilent):
		return exitFailed
	case errors.As(err, &problems), errors.As(err, &misused):
		fmt.Fprintf(env.stderr, "playhead %s: %v\n\nplayhead %s --help lists the settings.\n", c.name, err, c.name)
		return exitUsage
	}
	fmt.Fprintf(env.stderr, "playhead %s: %v\n", c.name, err)
	return exitFailed
}
