package posthog

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// claim is whose a request's events are by the tokens in it. A request is of one project: one with tokens of two is refused, for
// whatever became of it, some of it would be shown to those whose it is not. No SDK makes such a request.
//
// The token at the top of a body stands for all events in it. Programs of their own have properties named token, so beside one at the top
// a token of an event counts only when it is known.
type claim struct {
	projectOf func(token string) (project string, known bool)
	// top is the token at the top.
	top string
	// token is the first known one among those of the events, project is its project, and other another one that they name.
	token, project, other string
	// unknown is the first of the events' tokens that is not known.
	unknown string
	last    []byte // as it was written: most events have the same
}

// atTop takes the token at the top of the body. Of several the last counts.
func (c *claim) atTop(raw []byte) {
	if token := str(raw); token != "" {
		c.know(c.top)
		c.top = token
	}
}

// ofEvent takes the tokens of one event: beside its name and in its properties, nil where there is none.
func (c *claim) ofEvent(beside, inside []byte) {
	if len(beside) == 0 {
		beside, inside = inside, nil
	}
	if !isText(beside) || len(inside) == 0 && bytes.Equal(beside, c.last) {
		return
	}
	c.last = beside
	if token := str(beside); token != "" && !c.know(token) && c.unknown == "" {
		c.unknown = token
	}
	if isText(inside) {
		c.know(str(inside))
	}
}

// know notes whose a token is, and says whether it is anybody's.
func (c *claim) know(token string) bool {
	project, known := c.projectOf(token)
	switch {
	case !known:
	case c.token == "":
		c.token, c.project = token, project
	case project != c.project:
		c.other = project
	}
	return known
}

func isText(raw []byte) bool { return len(raw) > 1 && raw[0] == '"' }

// decide returns the token that the request counts for and its project. The one in the Authorization header counts when there is none in
// the body, or when inHeader says that it is the only place for it. Errors: *failure.
func (c *claim) decide(header http.Header, inHeader bool) (token, project string, err error) {
	bearer, _ := strings.CutPrefix(header.Get("Authorization"), "Bearer ")
	bearer = strings.TrimSpace(bearer)
	switch {
	case inHeader:
		token = bearer
	case c.top != "":
		token = c.top
	case c.unknown != "":
		return "", "", unknownToken(c.unknown)
	case c.token != "":
		token = c.token
	default:
		token = bearer
	}
	if token == "" {
		return "", "", unauthorized("the request carries no project token: set the token in the SDK's options (the first argument of posthog.init, api_key)")
	}
	project, known := c.projectOf(token)
	if !known {
		return "", "", unknownToken(token)
	}
	c.know(token)
	if !inHeader {
		c.know(bearer)
	}
	for _, other := range [...]string{c.project, c.other} {
		if other != "" && other != project {
			return "", "", badRequest("mixed_projects", fmt.Sprintf("the request carries tokens of two projects, %q and %q, so nothing of it was accepted: send the events of each project in separate requests", project, other))
		}
	}
	return token, project, nil
}

func unknownToken(token string) *failure {
	return unauthorized("unknown project token " + strconv.Quote(shorten(token)) + ": use the one that this server printed when it started, or one of its settings")
}

// shorten keeps what names a token at a glance.
func shorten(token string) string {
	if len(token) > 64 {
		return token[:64] + "…"
	}
	return token
}
