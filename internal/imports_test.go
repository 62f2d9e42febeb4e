// Package internal holds no code, only the tests of what must hold for the whole repository.
package internal

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/playheadhq/playhead/"

// rule says which of our packages a package may import.
type rule struct {
	may string // separated by spaces; "*" is all
	why string
}

// rules is the third column of the table in ARCHITECTURE.md. A package that is not here fails the test: say what it may import, and
// why no more. Tests (_test.go) may import what they like.
var rules = map[string]rule{
	"cmd/playhead":                     {"internal/cli", "main makes one call, so that everything else can be tested"},
	"internal/cli":                     {"internal/config internal/server internal/demo internal/archive internal/fair internal/mcp/stdio", "a command reads settings and runs a server; what a server is made of is the server's business; of moving data it knows the progress, of processors how many to leave free"},
	"internal/assets":                  {"internal/blocks internal/rawjson", "what pages refer to, wherever their recordings come from; of where it is kept it knows the port"},
	"internal/config":                  {"internal/access internal/assets internal/link/reaction internal/price internal/remote internal/spelling", "settings are plain values: what they do is decided where they are used; what an address of a proxy is, which name is near another, what has a price, what a reaction weighs, and what the one project is called, their packages say"},
	"internal/server":                  {"*", "the composition root, and the only one"},
	"internal/edge":                    {"internal/problem internal/remote", "what every request passes, whichever route it takes"},
	"internal/auth":                    {"internal/access internal/problem internal/remote", "who may enter does not depend on what is inside; guesses count by address"},
	"internal/remote":                  {"", "it reads addresses, for whoever counts by them"},
	"internal/fair":                    {"internal/remote", "it shares out memory, processors and connections, and knows nothing of what they are used for"},
	"internal/model":                   {"", "everybody speaks of its types, so it can depend on nobody"},
	"internal/access":                  {"", "everybody who reads says for whom, so it can depend on nobody"},
	"internal/address":                 {"", "how ids are written into paths, the same for whoever writes one"},
	"internal/rawjson":                 {"", "it walks bytes and knows nothing of what they mean"},
	"internal/problem":                 {"", "it writes answers, whoever gives them"},
	"internal/disk":                    {"", "it knows disks, and nothing of what is stored on them"},
	"internal/intake":                  {"internal/model internal/fair internal/remote", "how requests that bring data are admitted and read, the same for every protocol: what is in them it does not know"},
	"internal/otlp":                    {"internal/intake internal/model internal/rawjson", "a protocol must not know how things are stored, nor another protocol; what it says is said in the model's words"},
	"internal/posthog":                 {"internal/intake internal/model internal/rawjson internal/python internal/problem", "a protocol must not know how things are stored, so that it is the same on every storage; what it says is said in the model's words"},
	"internal/ingest":                  {"internal/model internal/rawjson internal/reports internal/llm internal/price internal/replay internal/store internal/blocks", "the only writer: it sees the ports, never what is behind them, and no protocol"},
	"internal/ingest/ingesttest":       {"internal/model internal/store", "a storage for tests of whoever writes, so it can know none of them"},
	"internal/python":                  {"", "what Python writes, as JSON: of use to anybody, and about nothing else"},
	"internal/llm":                     {"internal/python internal/rawjson", "pure functions over JSON, which others may want without the rest; how JSON is walked is no part of it"},
	"internal/price":                   {"internal/model", "what things cost, whoever counted them and wherever it is kept"},
	"internal/replay":                  {"internal/model internal/rawjson internal/blocks internal/dom", "rrweb and the block codec; of where blocks lie it knows the port, to read only those that a moment needs; what a page is the tree says"},
	"internal/dom":                     {"internal/rawjson", "a page from rrweb's events: where they come from, and who asks, is not its business"},
	"internal/disk/disktest":           {"internal/disk", "it fills real disks for tests of those who write to them"},
	"internal/blocks":                  {"internal/model", "a port: what is behind it imports it, not the reverse"},
	"internal/blocks/dir":              {"internal/model internal/blocks internal/disk", "an implementation never sees another one, nor who uses it"},
	"internal/blocks/s3":               {"internal/model internal/blocks internal/disk", "an implementation never sees another one, nor who uses it"},
	"internal/blocks/s3/s3test":        {"internal/testport", "it starts a server that others made, and knows nothing of us"},
	"internal/blocks/blockstest":       {"internal/model internal/blocks", "a suite for every implementation can know none of them"},
	"internal/compact":                 {"internal/model internal/store internal/blocks", "it sees the ports: what it rewrites may lie anywhere"},
	"internal/store":                   {"internal/model internal/filter", "a port: what is behind it imports it, not the reverse"},
	"internal/damage":                  {"internal/disk", "it says what is lost, whatever was damaged, and keeps files"},
	"internal/store/duckdb":            {"internal/model internal/store internal/damage internal/disk internal/store/statements internal/store/table internal/store/sqlgen internal/store/hours internal/filter internal/textblock internal/blocks internal/blocks/dir", "an implementation never sees another one, nor who uses it; text lies in files as recordings do"},
	"internal/store/clickhouse":        {"internal/model internal/store internal/disk internal/store/statements internal/store/table internal/store/sqlgen internal/store/hours internal/filter", "an implementation never sees another one, nor who uses it"},
	"internal/store/clickhouse/chtest": {"internal/testport", "it starts a server that others made, and knows nothing of us"},
	"internal/store/waiting":           {"internal/model internal/store internal/filter", "it stands for any implementation, so it can know none of them"},
	"internal/store/sqlgen":            {"internal/filter internal/model internal/store internal/store/table", "it makes statements of the language, for engines that run them; what text looks like once stored, the tables say"},
	"internal/store/statements":        {"", "it reads files of SQL, whatever they say"},
	"internal/store/hours":             {"internal/filter internal/store internal/store/sqlgen internal/store/table", "it combines what an engine reads with its statements, and sees no engine"},
	"internal/store/table":             {"internal/model", "it describes columns for whoever stores them, and knows nobody who does"},
	"internal/store/storetest":         {"internal/model internal/store internal/filter internal/filter/filtertest internal/zipf", "a suite for every implementation can know none of them"},
	"internal/archive":                 {"internal/access internal/model internal/store internal/store/table internal/blocks internal/disk", "it moves rows between any two storages, so it sees the ports, never what is behind them"},
	"internal/nodes":                   {"internal/model internal/store", "it compares what nodes say of themselves; what that is made of is the server's business"},
	"internal/filter":                  {"internal/spelling", "a language: what storages make of it, and who asks in it, is theirs"},
	"internal/filter/filtertest":       {"internal/filter internal/link internal/model", "it says what the language means of rows, so it can know no storage"},
	"internal/export":                  {"internal/filter", "ways of writing rows: what the rows are and who may see them is decided before"},
	"internal/textblock":               {"internal/filter", "a format of bytes: where they lie and whose they are is not its business; what a word is the language says"},
	"internal/reports":                 {"internal/model", "pure rules over rows: the same before and after they are stored"},
	"internal/link":                    {"internal/address internal/model internal/rawjson", "pure rules over rows: the same for every storage, and tested without one"},
	"internal/link/reaction":           {"internal/model", "what a user did about an answer follows from rows; where they come from is not its business"},
	"internal/link/seen":               {"internal/dom internal/link/reaction internal/model internal/rawjson", "pure rules over the events of a window and the texts of its page: where they lie, and which calls there are, others say; what a control is called that asks again, reaction knows"},
	"internal/activity":                {"internal/model internal/rawjson", "pure rules over the events of a window: the same wherever they lie and however pages are built"},
	"internal/impact":                  {"internal/model", "pure statistics over counts: where they come from is not its business"},
	"internal/derive":                  {"internal/model internal/reports internal/store internal/link internal/link/clock internal/link/words internal/link/seen internal/link/reaction internal/activity internal/dom internal/llm internal/replay internal/blocks", "it reads and writes through the port; what follows from what was read, the rules say, which are pure"},
	"internal/query":                   {"internal/access internal/assets internal/derive internal/address internal/model internal/rawjson internal/store internal/blocks internal/replay internal/dom internal/link internal/link/clock internal/link/reaction internal/llm internal/price internal/filter internal/export internal/impact", "the only reader: it sees the ports, never what is behind them"},
	"internal/api":                     {"internal/access internal/address internal/export internal/problem internal/query", "a face of query: limits and links must not depend on which face is asked"},
	"internal/mcp":                     {"internal/access internal/address internal/impact internal/llm internal/problem internal/query internal/rawjson", "a face of query, as the API is; of messages and of impact reports it knows the shapes"},
	"internal/mcp/stdio":               {"", "it passes messages on over HTTP, whatever they say"},
	"internal/webui":                   {"", "files and headers; the UI asks the API"},
	"internal/servertest":              {"", "it speaks to a server over HTTP, as everybody does"},
	"internal/heavy":                   {"", "it makes bytes, and knows nothing of who reads them"},
	"internal/zipf":                    {"", "it writes text, and knows nothing of who reads it"},
	"internal/spelling":                {"", "it compares names, whatever they are of"},
	"internal/testfile":                {"", "it reads files, whatever is in them"},
	"internal/testport":                {"", "it finds ports, for whoever listens"},
	"internal/clustertest":             {"internal/store/clickhouse/chtest internal/blocks/s3/s3test internal/testport", "it runs the program from outside, as operators do; of storages it knows how they are started for tests"},
	"internal/clustertest/cluster":     {"internal/clustertest internal/blocks/s3/s3test", "main alone: what it starts is the package's; it prints the keys of the S3 server"},
	"internal/demo":                    {"", "it uses Playhead from outside, as a customer does"},
	"bench":                            {"internal/clustertest internal/blocks/s3/s3test internal/heavy internal/zipf internal/demo/history", "it measures from outside, over HTTP; how a cluster and an S3 server are started, what is dear to read and what people do it need not know again"},
}

// ruleFor is the package's own rule or that of the nearest directory above it, whose parts may import each other.
func ruleFor(pkg string) (rule, string, bool) {
	for at := pkg; at != "."; at = path.Dir(at) {
		if r, ok := rules[at]; ok {
			return r, at, true
		}
	}
	return rule{}, "", false
}

func TestImports(t *testing.T) {
	used := map[string]bool{}
	for _, f := range sources(t) {
		if f.test {
			continue
		}
		r, at, ok := ruleFor(f.pkg)
		if !ok {
			t.Errorf("%s: package %s has no rule: say in rules what it may import, and why", f.name, f.pkg)
			continue
		}
		used[at] = true
		for _, imported := range f.imports {
			ours, ok := strings.CutPrefix(imported, module)
			if !ok || r.may == "*" && !strings.HasPrefix(ours, "internal/cli") || strings.HasPrefix(ours, at+"/") {
				continue
			}
			if !slices.Contains(strings.Fields(r.may), ours) {
				t.Errorf("%s imports %s, which %s may not: %s", f.name, ours, at, r.why)
			}
		}
	}
	for at := range rules {
		if !used[at] {
			t.Errorf("there is a rule for %s, but no such package", at)
		}
	}
}

// foreign are packages that may know names which begin with a dollar sign, PostHog's: its protocol, OpenTelemetry's, because PostHog's processors put
// such names on spans, and what uses Playhead from outside as its SDKs do.
var foreign = []string{"internal/posthog", "internal/otlp", "internal/demo", "internal/servertest", "internal/heavy", "internal/store/storetest", "bench"}

// A second protocol must need nothing of PostHog's, and what is stored says everything in the model's words. So nobody else has a name of
// PostHog's in a string.
func TestOnlyOnePackageKnowsPostHogsNames(t *testing.T) {
	found := 0
	for _, f := range sources(t) {
		if f.test {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", f.name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			literal, ok := n.(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING {
				return true
			}
			text, err := strconv.Unquote(literal.Value)
			if err != nil || !strings.HasPrefix(text, "$") {
				return true
			}
			if slices.ContainsFunc(foreign, func(pkg string) bool { return f.pkg == pkg || strings.HasPrefix(f.pkg, pkg+"/") }) {
				found++
			} else {
				t.Errorf("%s has the string %s: what PostHog calls something, internal/posthog says in the model's words", f.name, literal.Value)
			}
			return true
		})
	}
	if found < 50 {
		t.Errorf("only %d names of PostHog's were found where they belong", found)
	}
}

// Each module we import is a thing to trust, to update and to carry. ARCHITECTURE.md says why each is worth it.
func TestEveryDependencyHasAReason(t *testing.T) {
	text := read(t, "ARCHITECTURE.md")
	_, section, ok := strings.Cut(text, "\n## Dependencies\n")
	if !ok {
		t.Fatal("ARCHITECTURE.md has no section Dependencies")
	}
	section, _, _ = strings.Cut(section, "\n## ")
	reasons := map[string]bool{}
	for _, row := range regexp.MustCompile(`(?m)^\| (\S+) \| (.+) \|$`).FindAllStringSubmatch(section, -1) {
		if strings.Contains(row[1], "/") {
			reasons[row[1]] = len(row[2]) > 20
		}
	}
	var modules []string
	for _, line := range regexp.MustCompile(`(?m)^(?:require )?\s*(\S+) v\S+`).FindAllStringSubmatch(read(t, "go.mod"), -1) {
		modules = append(modules, line[1])
	}
	direct := map[string]bool{}
	for _, f := range sources(t) {
		for _, imported := range f.imports {
			if m := moduleOf(imported, modules); m != "" {
				direct[m] = true
			}
		}
	}
	for _, m := range slices.Sorted(maps.Keys(direct)) {
		if !reasons[m] {
			t.Errorf("%s is imported, but the section Dependencies of ARCHITECTURE.md does not say why", m)
		}
	}
	for m := range reasons {
		if !direct[m] {
			t.Errorf("ARCHITECTURE.md gives a reason for %s, which nothing imports", m)
		}
	}
}

// moduleOf is the module that holds an imported package: of nested ones the longest.
func moduleOf(imported string, modules []string) (longest string) {
	for _, m := range modules {
		if (imported == m || strings.HasPrefix(imported, m+"/")) && len(m) > len(longest) {
			longest = m
		}
	}
	return longest
}

func TestEveryPackageIsDocumented(t *testing.T) {
	documented := map[string]bool{}
	for _, f := range sources(t) {
		if f.test {
			continue
		}
		documented[f.pkg] = documented[f.pkg] || strings.HasPrefix(f.doc, "Package "+f.clause+" ") || f.clause == "main" && strings.HasPrefix(f.doc, "Command ")
	}
	for pkg, ok := range documented {
		if !ok {
			t.Errorf("package %s has no comment that begins with %q (or Command) and says what it is for", pkg, "Package")
		}
	}
}

// source is one Go file of ours.
type source struct {
	name    string // from the root
	pkg     string // its directory from the root
	clause  string // the name after "package"
	doc     string
	test    bool
	imports []string
}

func sources(t *testing.T) []source {
	t.Helper()
	root := ".."
	var all []source
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			base := entry.Name()
			_, nested := os.Stat(filepath.Join(name, "go.mod"))
			if name != root && (base == "node_modules" || base == "testdata" || strings.HasPrefix(base, ".") || nested == nil) {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		all = append(all, newSource(root, name, f))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 50 {
		t.Fatalf("found only %d Go files: is this the repository?", len(all))
	}
	return all
}

func newSource(root, name string, f *ast.File) source {
	relative, _ := filepath.Rel(root, name)
	relative = filepath.ToSlash(relative)
	s := source{
		name: relative, pkg: path.Dir(relative), clause: f.Name.Name, doc: f.Doc.Text(),
		test: strings.HasSuffix(relative, "_test.go"),
	}
	for _, i := range f.Imports {
		s.imports = append(s.imports, strings.Trim(i.Path.Value, `"`))
	}
	return s
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
