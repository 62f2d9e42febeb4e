package config

import (
	"fmt"
	"strings"
)

// Reference returns the text of docs/config.md.
func Reference() string {
	var b strings.Builder
	b.WriteString(`# Settings

<!-- Generated from internal/config/config.go: run go generate ./internal/config -->

A setting comes from, in this order: its default, the file that --config or PLAYHEAD_CONFIG names, the environment, a flag. Later ones
win. All problems are reported at once, each by the name it has where it was written. An empty variable counts as not set.

| in the file | in the environment | as a flag | default |
| --- | --- | --- | --- |
`)
	for _, s := range Settings() {
		flag := "–"
		if s.Flag != "" {
			flag = "`--" + s.Flag + "`"
		}
		fallback := "–"
		if s.Default != "" {
			fallback = "`" + s.Default + "`"
		}
		fmt.Fprintf(&b, "| [`%s`](#%s) | `%s` | %s | %s |\n", s.Key, anchor(s.Key), s.Env, flag, fallback)
	}
	b.WriteString("\nSizes are written `64MiB`, `1.5GB` or `4096`; durations `30s`, `1h30m` or `30d`, shares `50%`.\n\n## What they do\n")
	for _, s := range Settings() {
		fmt.Fprintf(&b, "\n### %s\n\n%s\n", s.Key, s.Doc)
		if s.Only != "" {
			fmt.Fprintf(&b, "Only `playhead %s` uses it.\n", s.Only)
		}
	}
	b.WriteString("\n## A file with every setting\n\n```yaml\n")
	section := ""
	for _, s := range Settings() {
		key := s.Key
		if outer, inner, nested := strings.Cut(s.Key, "."); nested {
			if outer != section {
				fmt.Fprintf(&b, "%s:\n", outer)
				section = outer
			}
			key = "  " + inner
		}
		fmt.Fprintf(&b, "%s: %s\n", key, example(s))
	}
	b.WriteString("```\n")
	return b.String()
}

// anchor returns the anchor that Markdown makes for a heading.
func anchor(key string) string { return strings.ReplaceAll(key, ".", "") }

func example(s Setting) string {
	value := s.Default
	if value == "" {
		value = s.Example
	}
	if s.List {
		return "[" + strings.ReplaceAll(value, ",", ", ") + "]"
	}
	return value
}
