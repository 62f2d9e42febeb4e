package config

import (
	"maps"
	"slices"
	"strings"

	"github.com/playheadhq/playhead/internal/spelling"
)

// splitArgs parses "--name value" and "--name=value". Package flag is not used, because it stops at the first problem, and all problems must be
// reported.
func (l *loader) splitArgs(args []string) (flags map[string][]string, help bool) {
	known := map[string]Setting{"config": {}}
	for _, s := range l.settings {
		if s.Flag != "" && (s.Only == "" || s.Only == l.command) {
			known[s.Flag] = s
		}
	}
	flags = map[string][]string{}
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		name, ok := strings.CutPrefix(arg, "-")
		if !ok {
			l.problem(arg, "not understood: write settings as --name value")
			continue
		}
		name = strings.TrimPrefix(name, "-")
		if name == "help" || name == "h" {
			return nil, true
		}
		name, value, hasValue := strings.Cut(name, "=")
		if _, ok := known[name]; !ok {
			l.problem("--"+name, "%s", l.unknownFlag(name, known))
			if !hasValue && len(args) > 0 && !strings.HasPrefix(args[0], "-") {
				args = args[1:]
			}
			continue
		}
		if !hasValue {
			if len(args) == 0 {
				l.problem("--"+name, "a value is missing")
				continue
			}
			value, args = args[0], args[1:]
		}
		flags[name] = append(flags[name], value)
	}
	return flags, false
}

func (l *loader) unknownFlag(name string, known map[string]Setting) string {
	for _, s := range l.settings {
		switch {
		case strings.ReplaceAll(s.Key, "_", "-") != name && s.Key != name && s.Env != name:
		case s.Flag == "":
			return "this is not a flag, because other users of the machine could read it: set " + s.Env + ", or " + s.Key + " in the file"
		case s.Only != "" && s.Only != l.command:
			return "only playhead " + s.Only + " has this setting"
		}
	}
	names := slices.Sorted(maps.Keys(known))
	if near := spelling.Nearest(name, maxEdits, names); near != "" {
		return "no such setting; did you mean --" + near + "?"
	}
	return "no such setting; playhead " + l.command + " --help lists them"
}

// readFlags sets the values of the flags. If a flag is repeated, the last value counts; the values of a list are joined.
func (l *loader) readFlags(flags map[string][]string) {
	for _, s := range l.settings {
		values := flags[s.Flag]
		if len(values) == 0 {
			continue
		}
		text := values[len(values)-1]
		if s.List {
			text = strings.Join(values, ",")
		}
		l.set(s, "--"+s.Flag, text)
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// maxEdits is how many letters of a name may be wrong for a suggestion of the right name.
const maxEdits = 2
