package model

import (
	"slices"
	"strings"
)

// JoinTools makes Event.Tools of names: each once, without line breaks, as many as MaxTools holds.
func JoinTools(names ...string) string {
	var all []string
	size := 0
	for _, name := range names {
		if name = strings.TrimSpace(strings.ReplaceAll(name, "\n", " ")); name == "" || slices.Contains(all, name) {
			continue
		}
		if size += len(name) + 1; size > MaxTools+1 {
			break
		}
		all = append(all, name)
	}
	return strings.Join(all, "\n")
}

// SplitTools are the names in Event.Tools.
func SplitTools(tools string) []string {
	if tools == "" {
		return nil
	}
	return strings.Split(tools, "\n")
}
