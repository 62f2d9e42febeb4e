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
	exitFailed = 1 // the command failed
	exitUsage  = 2 // the arguments are wrong
)

// command is a subcommand.
type command struct {
	name    string
	summary string
	run     func(ctx context.Context, env environment, args []string) error
}

// environment is a command's input and output, which tests replace.
type environment struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	environ        []string
}

func commands() []command {
	return []command{
		{"serve", "run the server", serve},
		{"demo", "run the server together with a demo chat application", runDemo},
		{"doctor", "check the settings, the data, the address and what is linked to recordings, and say what to do", doctor},
		{"check", "read all stored data and report damage; the server must be stopped", check},
		{"ready", "ask a running server whether it can accept and show data", ready},
		{"mcp", "let an agent ask a running server, over standard input and output", speakMCP},
		{"export", "write all stored data to a directory, to move them to another storage", export},
		{"import", "import an export into a storage, and verify it", importAll},
		{"derive", "derive the links of recently received traces to recordings again", deriveAgain},
		{"reprice", "calculate the costs of stored generations again, after prices have changed", reprice},
		{"version", "print the version", printVersion},
	}
}

// errSilent means that the command failed and has printed the reason.
var errSilent = errors.New("failed")

// usageError is a mistake in the arguments.
type usageError struct{ error }

// Main runs the command that the arguments name and returns the exit code. The first interrupt or SIGTERM stops it
// properly; the second one ends the process at once (for a server, the third one).
func Main(args []string) int {
	prepareProcess()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	return run(ctx, environment{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, environ: os.Environ()}, args)
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

// report prints the result of a command and returns the exit code.
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
