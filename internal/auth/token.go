package auth

import (
	"crypto/sha256"
	"net/http"
	"slices"
	"strings"
)

// readToken is a token of Options.ReadTokens.
type readToken struct {
	name string
	hash [sha256.Size]byte
}

func hashed(tokens map[string]string) (all []readToken) {
	for name, token := range tokens {
		all = append(all, readToken{name, sha256.Sum256([]byte(token))})
	}
	return all
}

// bearer returns the token of a request, "" for none.
func bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// tokenOf returns the name of the read token of a request. Tokens are too long to be guessed, so the answers to wrong ones are not delayed like those
// to passwords. Comparing hashes takes as long for a nearly right token as for any other.
func (g *Gate) tokenOf(r *http.Request) (name string, ok bool) {
	text := bearer(r)
	if text == "" {
		return "", false
	}
	hash := sha256.Sum256([]byte(text))
	for _, t := range g.readTokens {
		if t.hash == hash {
			return t.name, true
		}
	}
	g.attempts.WithLabelValues("wrong_token").Inc()
	return "", false
}

// onlyReads reports whether a request changes nothing.
func (g *Gate) onlyReads(r *http.Request) bool {
	return r.Method == http.MethodGet || r.Method == http.MethodHead || slices.Contains(g.o.ReadingPaths, r.URL.Path)
}
