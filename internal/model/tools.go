package model

import (
	"slices"
	"strings"
)

// JoinTools returns the names in the form of Event.Tools: each name once, without line breaks, as many as fit into MaxTools bytes.
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

// SplitTools returns the names in Event.Tools.
func SplitTools(tools string) []string {
	if tools == "" {
		return nil
	}
	return strings.Split(tools, "\n")
}
