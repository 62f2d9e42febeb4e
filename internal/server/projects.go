package server

import "github.com/playheadhq/playhead/internal/config"

// projects are those of a server, the first of which is shown to whoever names none.
type projects []config.Project

// byToken says whose a token is.
func (ps projects) byToken() map[string]string {
	owners := map[string]string{}
	for _, p := range ps {
		for _, token := range p.Tokens {
			owners[token] = p.Name
		}
	}
	return owners
}
