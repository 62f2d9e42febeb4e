package config

import (
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// ReadToken is a token for a program that only reads.
type ReadToken struct {
	Name  string
	Token string
}

// ReadTokensByName returns the tokens of the setting read_tokens, by their names.
func (c *Config) ReadTokensByName() map[string]string {
	all := map[string]string{}
	for _, t := range c.ReadTokens {
		all[t.Name] = t.Token
	}
	return all
}

// leastReadToken is the fewest characters of a read token: as base64, 24 of them hold 144 bits.
const leastReadToken = 24

const readTokensForm = "write them as [{name: claude, token: phr_…}]"

// readReadTokens reads a list of read tokens and finds all its problems. It does not print tokens.
func (l *loader) readReadTokens(where place, node ast.Node) {
	l.config.ReadTokens = nil
	names, tokens := map[string]bool{}, map[string]string{}
	l.eachEntry(where, node, "read_tokens", "read token", readTokensForm, func(item ast.Node, path string, settings []*ast.MappingValueNode) {
		var t ReadToken
		for _, entry := range settings {
			key := strings.Trim(entry.Key.String(), `"'`)
			at := where(entry.Key, path+"."+key)
			text, err := scalar(entry.Value, false)
			switch {
			case err != nil:
				l.problem(at, "%v", err)
			case key == "name":
				if t.Name = text; !projectForm.MatchString(text) {
					l.problem(at, "%q is not a name: use lower-case letters, digits, - and _, a letter or digit first, at most 63", text)
				}
			case key == "token":
				if t.Token = text; !tokenForm.MatchString(text) || len(text) < leastReadToken {
					l.problem(at, "not a token that nobody can guess: use %d to 200 random letters, digits, _, - and ., for instance phr_ and what openssl rand -hex 24 prints", leastReadToken)
				}
			default:
				l.problem(at, "no such setting; a read token has name and token")
			}
		}
		switch {
		case t.Name == "" || t.Token == "":
			l.problem(where(item, path), "a read token needs a name and a token: %s", readTokensForm)
		case names[t.Name]:
			l.problem(where(item, path), "there is another read token named %q", t.Name)
		case tokens[t.Token] != "":
			l.problem(where(item, path), "%s has the same token: give each its own, so that the log can tell them apart", tokens[t.Token])
		}
		names[t.Name], tokens[t.Token] = true, t.Name
		l.config.ReadTokens = append(l.config.ReadTokens, t)
	})
}
