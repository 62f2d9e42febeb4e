package internal

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// instead is which word to use for one that has another meaning here, or none. Each thing has one name in code, API and UI, so that whoever
// searches for it finds all of it.
var instead = map[string]string{
	"place": "moment, for an instant in a recording; location, for where bytes lie",
	"node":  "server, for a process of a cluster; only the entries of a span tree are nodes",
	"step":  "span, for a part of a trace; activity, for what the user did",
	"visit": "session",
	"user":  "person",
	"mark":  "generation, embedding or span",
}

// allowed are the exceptions in Go and in the API, each "word where": where is a package, or api. The reason says what else is meant, or what a change needs.
var allowed = map[string]string{
	"node internal/model":       "the notes that servers of a cluster leave in storage: the name is the table's too, and docs/cluster.md's",
	"node internal/nodes":       "as in model",
	"node internal/store":       "as in model",
	"node internal/clustertest": "as in model",
	"node internal/blocks/s3":   "as in model",
	"node internal/dom":         "the nodes of a page, which browsers and rrweb call so",
	"node internal/link/seen":   "as in dom",
	"node internal/query":       "the entries of a span tree, and of a page",
	"node internal/api":         "the entries of a span tree",
	"node api":                  "the entries of a span tree; Link.node is the one that was linked; Activity.node is the recorder's number of an element",
	"mark internal/query":       "what a timeline marks: errors, clicks without an answer, feedback",
	"mark api":                  "as in query",
	"step internal/query":       "the length of the buckets of a timeline",
	"step api":                  "as in query",
	"step internal/filter":      "how long the buckets of time(1h) are",
}

// wordsOf splits a name: "TraceIDs" and "trace_ids" are "trace" and "ids".
func wordsOf(name string) (words []string) {
	runes, start := []rune(name), 0
	cut := func(end int) {
		if w := strings.ToLower(strings.Trim(string(runes[start:end]), "_-/{}")); w != "" {
			words = append(words, w)
		}
		start = end
	}
	for i := 1; i < len(runes); i++ {
		next := i+1 < len(runes) && unicode.IsLower(runes[i+1])
		if strings.ContainsRune("_-/", runes[i]) || unicode.IsUpper(runes[i]) && (unicode.IsLower(runes[i-1]) || next) {
			cut(i)
		}
	}
	cut(len(runes))
	return words
}

// wrong is the word of a name that has another here, in the singular.
func wrong(name string) (string, bool) {
	for _, w := range wordsOf(name) {
		if w = strings.TrimSuffix(w, "s"); instead[w] != "" {
			return w, true
		}
	}
	return "", false
}

// wordCheck finds wrong words, and which exceptions are needed.
type wordCheck struct {
	t    *testing.T
	used map[string]bool
}

// name checks one name. where is a package or api; at is for people.
func (c *wordCheck) name(name, where, at string) {
	w, found := wrong(name)
	if !found {
		return
	}
	for ; where != "." && where != ""; where = filepath.ToSlash(filepath.Dir(where)) {
		if key := w + " " + where; allowed[key] != "" {
			c.used[key] = true
			return
		}
	}
	c.t.Errorf("%s: %s has the word %q: say %s", at, name, w, instead[w])
}

func TestWordsOfCodeAndAPI(t *testing.T) {
	c := &wordCheck{t, map[string]bool{}}
	names := 0
	for _, f := range sources(t) {
		if f.test {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", f.name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range exported(parsed) {
			names++
			c.name(id, f.pkg, f.name)
		}
	}
	fields := apiNames(t)
	for _, f := range fields {
		c.name(f, "api", "internal/api/openapi.json")
	}
	if names < 500 || len(fields) < 100 {
		t.Errorf("only %d exported names and %d names of the API were found", names, len(fields))
	}
	for key := range allowed {
		if !c.used[key] {
			t.Errorf("nothing needs the exception for %q any more", key)
		}
	}
}

// exported are the exported names that a file declares: of functions, methods, types, fields, constants and variables.
func exported(f *ast.File) (names []string) {
	add := func(ids ...*ast.Ident) {
		for _, id := range ids {
			if id.IsExported() {
				names = append(names, id.Name)
			}
		}
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			add(d.Name)
		case *ast.GenDecl:
			ast.Inspect(d, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.TypeSpec:
					add(n.Name)
				case *ast.ValueSpec:
					add(n.Names...)
				case *ast.Field:
					add(n.Names...)
				case *ast.FuncLit:
					return false
				}
				return true
			})
		}
	}
	return names
}

// apiNames are the routes, parameters and fields that the API's description names.
func apiNames(t *testing.T) (names []string) {
	var described struct {
		Paths map[string]map[string]struct {
			Parameters []struct{ Name string }
		}
		Components struct {
			Schemas map[string]struct{ Properties map[string]any }
		}
	}
	if err := json.Unmarshal([]byte(read(t, "internal/api/openapi.json")), &described); err != nil {
		t.Fatal(err)
	}
	for path, methods := range described.Paths {
		names = append(names, path)
		for _, m := range methods {
			for _, p := range m.Parameters {
				names = append(names, p.Name)
			}
		}
	}
	for name, s := range described.Components.Schemas {
		names = append(names, name)
		for field := range s.Properties {
			names = append(names, field)
		}
	}
	return names
}

// allowedText are the texts of the UI in which such a word is meant as it is said, each with the reason.
var allowedText = map[string]string{}

var (
	notText   = regexp.MustCompile(`(?s)<script.*?</script>|<style.*?</style>|<!--.*?-->`)
	shownAttr = regexp.MustCompile(`(?:title|aria-label|placeholder|label|alt)="([^"]*)"`)
	inBraces  = regexp.MustCompile(`\{[^{}]*\}`)
	tag       = regexp.MustCompile(`(?s)<[^>]*>`)
)

// shown are the lines of text of a Svelte component that people see: between tags and in attributes. Strings inside of braces are not looked at.
func shown(component string) []string {
	component = notText.ReplaceAllString(component, "")
	var texts []string
	for before := ""; before != component; {
		before, component = component, inBraces.ReplaceAllString(component, " ")
	}
	for _, m := range shownAttr.FindAllStringSubmatch(component, -1) {
		texts = append(texts, m[1])
	}
	for line := range strings.Lines(tag.ReplaceAllString(component, "\n")) {
		if line = strings.TrimSpace(line); line != "" {
			texts = append(texts, line)
		}
	}
	return texts
}

func TestWordsOfTheUI(t *testing.T) {
	components, used := 0, map[string]bool{}
	err := filepath.WalkDir("../web/src", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(name) != ".svelte" {
			return err
		}
		components++
		b, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		for _, text := range shown(string(b)) {
			i := slices.IndexFunc(strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) }), func(w string) bool { _, found := wrong(w); return found })
			switch {
			case i < 0:
			case allowedText[text] != "":
				used[text] = true
			default:
				t.Errorf("%s shows %q: the table instead, above, has the word to use", name, text)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if components < 10 {
		t.Errorf("only %d components were found", components)
	}
	for text := range allowedText {
		if !used[text] {
			t.Errorf("nothing needs the exception for the text %q any more", text)
		}
	}
}
