package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// Source is where settings come from.
type Source struct {
	// Command is the subcommand. Some flags belong to only one.
	Command string
	// Args are the arguments after the subcommand.
	Args []string
	// Environ is the environment, "NAME=value" each.
	Environ []string
	// ReadFile reads the configuration file. nil is os.ReadFile.
	ReadFile func(name string) ([]byte, error)
}

// Problem is one mistake in the settings, with the name of the setting as the user wrote it.
type Problem struct {
	// Where is "--listen", "PLAYHEAD_LISTEN" or "playhead.yaml:3: listen".
	Where string
	What  string
}

func (p Problem) String() string { return p.Where + ": " + p.What }

// Problems are all mistakes in the settings.
type Problems []Problem

func (ps Problems) Error() string {
	lines := make([]string, 0, len(ps)+1)
	noun := "problem"
	if len(ps) > 1 {
		noun += "s"
	}
	lines = append(lines, fmt.Sprintf("%d %s in the configuration:", len(ps), noun))
	for _, p := range ps {
		lines = append(lines, "  "+p.String())
	}
	return strings.Join(lines, "\n")
}

// ErrHelp: the arguments ask for help.
var ErrHelp = errors.New("help requested")

// Load reads all sources. The error is ErrHelp or Problems. Warnings do not prevent a start.
func Load(src Source) (c *Config, warnings []string, err error) {
	if src.ReadFile == nil {
		src.ReadFile = os.ReadFile
	}
	l := &loader{config: Default(), command: src.Command, given: map[string]string{}}
	l.settings = settings(l.config)

	flags, help := l.splitArgs(src.Args)
	if help {
		return nil, nil, ErrHelp
	}
	env := environment(src.Environ)
	file, where := env[Prefix+"CONFIG"], Prefix+"CONFIG"
	if n := len(flags["config"]); n > 0 {
		file, where = flags["config"][n-1], "--config"
	}
	if file != "" {
		l.readFile(src.ReadFile, file, where)
	}
	l.readEnv(env)
	l.readFlags(flags)
	l.check()
	if len(l.problems) > 0 {
		return nil, l.warnings, l.problems
	}
	return l.config, l.warnings, nil
}

type loader struct {
	config   *Config
	settings []Setting
	command  string
	problems Problems
	warnings []string
	// given has the source of each key that was set, for messages of checks.
	given map[string]string
	// owners has the project of each token in the setting projects.
	owners map[string]string
}

func (l *loader) problem(where, format string, args ...any) {
	l.problems = append(l.problems, Problem{where, fmt.Sprintf(format, args...)})
}

// set gives a setting a value. where names the setting as its source writes it.
func (l *loader) set(s Setting, where, text string) {
	if form, read := l.entries(s); read != nil {
		l.readEntries(s.Key, where, text, form, read)
		return
	}
	if err := s.set(text); err != nil {
		l.problem(where, "%v", err)
		return
	}
	l.given[s.Key] = where
}

func (l *loader) readFile(read func(string) ([]byte, error), name, where string) {
	text, err := read(name)
	if errors.Is(err, fs.ErrNotExist) {
		l.problem(where, "there is no file %s", name)
		return
	}
	if err != nil {
		l.problem(where, "cannot read the file: %v", err)
		return
	}
	l.readYAML(name, text)
}

func environment(environ []string) map[string]string {
	env := map[string]string{}
	for _, pair := range environ {
		if name, value, ok := strings.Cut(pair, "="); ok && strings.HasPrefix(name, Prefix) {
			env[name] = value
		}
	}
	return env
}

// readEnv reads the variables that it knows. Others with our prefix only cause a warning: Kubernetes sets PLAYHEAD_PORT and the like in every pod
// beside a service called playhead. An empty variable counts as not set, as in compose files that pass variables through.
func (l *loader) readEnv(env map[string]string) {
	known := map[string]bool{Prefix + "CONFIG": true}
	for _, s := range l.settings {
		known[s.Env] = true
		if text := env[s.Env]; text != "" {
			l.set(s, s.Env, text)
		}
	}
	for _, name := range sortedKeys(env) {
		if !known[name] {
			l.warnings = append(l.warnings, name+" is not a setting of Playhead and does nothing")
		}
	}
}
