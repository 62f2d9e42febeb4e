package config

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/playheadhq/playhead/internal/spelling"
)

// readYAML walks the file's tree instead of decoding it into the struct: a decoder stops at the first mistake, and later
// checks would not know the line of a value.
func (l *loader) readYAML(name string, text []byte) {
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		l.problem(name, "not valid YAML: %s", strings.TrimSpace(yaml.FormatError(err, false, true)))
		return
	}
	if len(file.Docs) > 1 {
		l.problem(name, "has %d YAML documents, write one", len(file.Docs))
		return
	}
	for _, doc := range file.Docs {
		l.walk(name, "", doc.Body)
	}
}

// walk reads the mapping at prefix ("" or "limits.").
func (l *loader) walk(name, prefix string, node ast.Node) {
	switch node.(type) {
	case nil, *ast.NullNode, *ast.CommentGroupNode:
		return // an empty file, or a section whose lines are all commented out
	}
	entries, ok := members(node)
	if !ok {
		l.problem(position(name, node)+strings.TrimSuffix(prefix, "."), "expected settings, one `name: value` a line")
		return
	}
	for _, entry := range entries {
		key := prefix + strings.Trim(entry.Key.String(), `"'`)
		where := position(name, entry.Key) + key
		if l.isSection(key) {
			l.walk(name, key+".", entry.Value)
			continue
		}
		s, ok := l.setting(key)
		if !ok {
			l.problem(where, "%s", l.unknownKey(key))
			continue
		}
		if _, read := l.entries(s); read != nil {
			read(func(node ast.Node, path string) string { return position(name, node) + path }, entry.Value)
			continue
		}
		text, err := scalar(entry.Value, s.List)
		if err != nil {
			l.problem(where, "%v", err)
			continue
		}
		l.set(s, where, text)
	}
}

func position(name string, node ast.Node) string {
	if t := node.GetToken(); t != nil && t.Position != nil {
		return fmt.Sprintf("%s:%d: ", name, t.Position.Line)
	}
	return name + ": "
}

func (l *loader) setting(key string) (Setting, bool) {
	for _, s := range l.settings {
		if s.Key == key {
			return s, true
		}
	}
	return Setting{}, false
}

func (l *loader) isSection(key string) bool {
	for _, s := range l.settings {
		if strings.HasPrefix(s.Key, key+".") {
			return true
		}
	}
	return false
}

func (l *loader) unknownKey(key string) string {
	var keys []string
	for _, s := range l.settings {
		keys = append(keys, s.Key)
	}
	if near := spelling.Nearest(key, maxEdits, keys); near != "" {
		return "no such setting; did you mean " + near + "?"
	}
	return "no such setting; docs/config.md lists them"
}

// scalar returns a value as the environment or a flag would write it.
func scalar(node ast.Node, list bool) (string, error) {
	switch n := node.(type) {
	case *ast.NullNode:
		return "", fmt.Errorf("the value is missing")
	case *ast.StringNode:
		return n.Value, nil
	case *ast.LiteralNode:
		return n.Value.Value, nil
	case *ast.SequenceNode:
		if !list {
			return "", fmt.Errorf("expected one value, not a list")
		}
		items := make([]string, 0, len(n.Values))
		for _, item := range n.Values {
			text, err := scalar(item, false)
			if err != nil {
				return "", err
			}
			items = append(items, text)
		}
		return strings.Join(items, ","), nil
	case ast.ScalarNode:
		return n.GetToken().Value, nil // numbers and the like: as written
	}
	return "", fmt.Errorf("expected a value")
}
