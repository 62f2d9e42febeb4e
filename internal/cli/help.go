package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/playheadhq/playhead/internal/config"
)

func usage(w io.Writer) {
	fmt.Fprint(w, `Playhead shows what an AI feature did and what its user saw, on one timeline.

Usage:
  playhead COMMAND [--setting value ...]

Commands:
`)
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-8s %s\n", c.name, c.summary)
	}
	fmt.Fprint(w, `
Start here:
  playhead demo     opens a demo chat; no setup is needed
  playhead serve    serves http://127.0.0.1:8000, with data in ./playhead-data

playhead COMMAND --help lists the command's settings.
`)
}

// help describes one command.
func help(w io.Writer, c command) {
	fmt.Fprintf(w, "playhead %s: %s\n", c.name, c.summary)
	if c.name == "version" {
		return
	}
	fmt.Fprintf(w, "\nUsage:\n  playhead %s [--setting value ...]\n\nSettings, each also as an environment variable and as a key of the file:\n", c.name)
	setting(w, "--config FILE", config.Prefix+"CONFIG", "", "Read settings from this YAML file. The environment overrides it, and flags override both.")
	for _, s := range config.Settings() {
		if s.Only != "" && s.Only != c.name {
			continue
		}
		name := "(not a flag)"
		if s.Flag != "" {
			name = "--" + s.Flag
		}
		setting(w, name, s.Env, s.Default, s.Doc)
	}
}

func setting(w io.Writer, name, env, fallback, doc string) {
	fmt.Fprintf(w, "\n  %s, %s", name, env)
	if fallback != "" {
		fmt.Fprintf(w, " (default %s)", fallback)
	}
	fmt.Fprintln(w)
	for _, line := range wrap(doc, 88) {
		fmt.Fprintf(w, "        %s\n", line)
	}
}

// wrap breaks text into lines of at most width bytes, where words allow.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}
