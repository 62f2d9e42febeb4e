package config

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/spelling"
)

// Project is one project: a separate set of data, and the tokens that clients send with them.
type Project struct {
	Name string
	// Tokens are all different, and belong to no other project. The first is the one to show.
	Tokens []string
	// RetentionDays is the number of days after which all data of the project are dropped: 0 means never, a negative number means the setting retention.
	RetentionDays int
}

// AllProjects lists the projects of a server, at least one. Those of the setting projects come in the order of the setting. The settings token and
// tokens are tokens of the project named default, which comes first when projects does not list it. RetentionDays is never negative. A default
// project without tokens gets a token when the server starts.
func (c *Config) AllProjects() []Project {
	all := make([]Project, 0, len(c.Projects)+1)
	listed := slices.ContainsFunc(c.Projects, func(p Project) bool { return p.Name == access.DefaultProject })
	if !listed && (len(c.Projects) == 0 || len(c.defaultTokens()) > 0) {
		all = append(all, Project{Name: access.DefaultProject, RetentionDays: -1})
	}
	all = append(all, c.Projects...)
	for i := range all {
		p := &all[i]
		tokens := p.Tokens
		if p.Name == access.DefaultProject {
			tokens = append(c.defaultTokens(), tokens...)
		}
		p.Tokens = nil
		for _, token := range tokens {
			if !slices.Contains(p.Tokens, token) {
				p.Tokens = append(p.Tokens, token)
			}
		}
		if p.RetentionDays < 0 {
			p.RetentionDays = c.retentionDays()
		}
	}
	return all
}

func (c *Config) defaultTokens() []string {
	return slices.DeleteFunc(append([]string{c.Token}, c.Tokens...), func(token string) bool { return token == "" })
}

// RetentionDays returns the number of days after which the data of every project are dropped: the longest of all projects, 0 for never.
func (c *Config) RetentionDays() int {
	longest := 0
	for _, p := range c.AllProjects() {
		if p.RetentionDays == 0 {
			return 0
		}
		longest = max(longest, p.RetentionDays)
	}
	return longest
}

// projectForm matches the names of projects. They appear in addresses, in paths of files and in commands.
var projectForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,62}$`)

// maxRetentionDays is limited by the range of ClickHouse's times.
const maxRetentionDays = 3650

// place returns where a value is written: "p.yaml:4: projects[1].name", or "PLAYHEAD_PROJECTS: projects[1].name".
type place func(node ast.Node, path string) string

// readEntries reads a list of entries from the environment or a flag. The text is the list as the file would have it.
func (l *loader) readEntries(key, where, text, form string, read func(place, ast.Node)) {
	file, err := parser.ParseBytes([]byte(text), 0)
	if err != nil || len(file.Docs) != 1 || file.Docs[0].Body == nil {
		l.problem(where, "not a list of %s: %s", key, form)
		return
	}
	read(func(_ ast.Node, path string) string {
		if path == key {
			return where
		}
		return where + ": " + path
	}, file.Docs[0].Body)
}

const projectsForm = "write them as [{name: shop, tokens: [phc_shop], retention_days: 90}]"

// readProjects reads a list of projects and finds all its problems.
func (l *loader) readProjects(where place, node ast.Node) {
	l.given["projects"] = where(node, "projects")
	l.config.Projects, l.owners = nil, map[string]string{}
	list, ok := node.(*ast.SequenceNode)
	if !ok {
		l.problem(where(node, "projects"), "not a list of projects: %s", projectsForm)
		return
	}
	names := map[string]bool{}
	for i, item := range list.Values {
		path := "projects[" + strconv.Itoa(i) + "]"
		entries, ok := members(item)
		if !ok {
			l.problem(where(item, path), "not a project: %s", projectsForm)
			continue
		}
		p := Project{RetentionDays: -1}
		for _, entry := range entries {
			l.readProject(&p, where, path, entry)
		}
		switch {
		case p.Name == "":
			l.problem(where(item, path), "a project needs a name")
		case names[p.Name]:
			l.problem(where(item, path), "there is another project named %q: write its tokens into one list", p.Name)
		}
		names[p.Name] = true
		// The default project may have its tokens from token and tokens, or one that the server makes.
		if len(p.Tokens) == 0 && p.Name != access.DefaultProject && !hasMember(entries, "tokens") {
			l.problem(where(item, path), "a project needs at least one token: tokens: [phc_…]")
		}
		for _, token := range p.Tokens {
			if owner := l.owners[token]; owner == "" {
				l.owners[token] = cmp.Or(p.Name, path)
			} else {
				l.problem(where(item, path+".tokens"), "the token %q is one of project %s already: a token determines the project of an event", token, owner)
			}
		}
		l.config.Projects = append(l.config.Projects, p)
	}
	if len(list.Values) == 0 {
		l.problem(where(node, "projects"), "the list is empty: remove it, or %s", projectsForm)
	}
}

// readProject reads one setting of a project.
func (l *loader) readProject(p *Project, where place, path string, entry *ast.MappingValueNode) {
	key := strings.Trim(entry.Key.String(), `"'`)
	at := where(entry.Key, path+"."+key)
	text, err := scalar(entry.Value, key == "tokens")
	if err != nil {
		l.problem(at, "%v", err)
		return
	}
	switch key {
	case "name":
		if p.Name = text; !projectForm.MatchString(text) {
			l.problem(at, "%q is not a name: use lower-case letters, digits, - and _, a letter or digit first, at most 63", text)
		}
	case "tokens":
		_ = parse(&p.Tokens, text)
		if len(p.Tokens) == 0 {
			l.problem(at, "a project needs at least one token")
		}
		for _, token := range p.Tokens {
			l.checkToken(at, token)
		}
	case "retention_days":
		days, err := strconv.Atoi(text)
		if err != nil || days < 0 || days > maxRetentionDays {
			l.problem(at, "%q is not a valid number of days: write a number up to %d, such as 90, or 0 to keep everything", text, maxRetentionDays)
			return
		}
		p.RetentionDays = days
	default:
		const settings = "a project has name, tokens and retention_days"
		if near := spelling.Nearest(key, maxEdits, []string{"name", "tokens", "retention_days"}); near != "" {
			l.problem(at, "no such setting; did you mean %s? %s", near, settings)
		} else {
			l.problem(at, "no such setting; %s", settings)
		}
	}
}

// checkProjects finds tokens of the default project that another project has too, and projects without tokens.
func (l *loader) checkProjects() {
	for _, key := range []string{"token", "tokens"} {
		tokens := l.config.Tokens
		if key == "token" {
			tokens = []string{l.config.Token}
		}
		for _, token := range tokens {
			if token == "" {
				continue
			}
			l.checkToken(l.where(key), token)
			if other := l.owners[token]; other != "" && other != access.DefaultProject {
				l.problem(l.where(key), "the token %q is one of project %s already: a token determines the project of an event, and the settings token and tokens belong to project %s",
					token, other, access.DefaultProject)
			}
		}
	}
	if !l.config.Clustered() || l.command == "export" || l.command == "import" || l.command == "derive" || l.command == "reprice" {
		return
	}
	for _, p := range l.config.AllProjects() {
		if p.Name == access.DefaultProject && len(p.Tokens) == 0 {
			l.problem(l.where("token"), "a token is needed with this storage, the same on every node, because nodes would refuse each other's tokens. To continue with the data of one machine, use the token in the file named token in its data directory")
		}
	}
}

func (l *loader) checkToken(where, token string) {
	if !tokenForm.MatchString(token) {
		l.problem(where, "%q is not a token: use letters, digits, _, - and ., at most 200", token)
	}
}

// eachEntry calls use for each entry of a list, with its node, its path and its settings. Each entry must be a mapping. what is the word for an entry
// in problems.
func (l *loader) eachEntry(where place, node ast.Node, key, what, form string, use func(item ast.Node, path string, settings []*ast.MappingValueNode)) {
	l.given[key] = where(node, key)
	list, ok := node.(*ast.SequenceNode)
	if !ok {
		l.problem(where(node, key), "not a list of %ss: %s", what, form)
		return
	}
	for i, item := range list.Values {
		path := key + "[" + strconv.Itoa(i) + "]"
		if settings, ok := members(item); ok {
			use(item, path, settings)
		} else {
			l.problem(where(item, path), "not a %s: %s", what, form)
		}
	}
}

// members are the entries of a mapping.
func members(node ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := node.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

func hasMember(entries []*ast.MappingValueNode, name string) bool {
	return slices.ContainsFunc(entries, func(e *ast.MappingValueNode) bool { return strings.Trim(e.Key.String(), `"'`) == name })
}
