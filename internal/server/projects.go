package server

import "github.com/playheadhq/playhead/internal/config"

// projects are the projects of a server. The first one is the default for reading.
type projects []config.Project

// byToken maps each token to its project.
func (ps projects) byToken() map[string]string {
	owners := map[string]string{}
	for _, p := range ps {
		for _, token := range p.Tokens {
			owners[token] = p.Name
		}
	}
	return owners
}

func (ps projects) names() []string {
	all := make([]string, len(ps))
	for i, p := range ps {
		all[i] = p.Name
	}
	return all
}

// tokens are the tokens that are shown, by project.
func (ps projects) tokens() map[string]string {
	shown := map[string]string{}
	for _, p := range ps {
		shown[p.Name] = p.Tokens[0]
	}
	return shown
}
