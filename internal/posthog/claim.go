package posthog

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"

	"github.com/playheadhq/playhead/internal/intake"
)

// claim determines the project of a request from the tokens in it. A request belongs to one project. One with tokens of two projects is refused,
// because otherwise some of its data would be shown to the wrong people. No SDK sends such a request.
//
// The token at the top of a body applies to all events in it. Custom properties can be named token, too; so if there is a token at the top, a token
// in an event counts only if it is known.
type claim struct {
	projectOf func(token string) (project string, known bool)
	// top is the token at the top of the body.
	top string
	// token is the first known token of the events, project is its project, and other is a known token of another project.
	token, project, other string
	// unknown is the first unknown token of the events.
	unknown string
	last    []byte // as written in the body: most events have the same
}

// atTop records the token at the top of the body. The last of several counts.
func (c *claim) atTop(raw []byte) {
	if token := str(raw); token != "" {
		c.know(c.top)
		c.top = token
	}
}

// ofEvent records the tokens of one event: next to its name and in its properties. nil means none.
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

// know records the project of a token, and reports whether the token is known.
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

// decide returns the token of the request, and its project. The token in the Authorization header is used if the body has none, or if inHeader is
// set, which means that tokens may only be there. Errors: *intake.Failure.
func (c *claim) decide(header http.Header, inHeader bool) (token, project string, err error) {
	bearer, _ := strings.CutPrefix(header.Get("Authorization"), "Bearer ")
	bearer = strings.TrimSpace(bearer)
	switch {
	case inHeader:
		token = bearer
	case c.top != "":
		token = c.top
	case c.unknown != "":
		return "", "", intake.UnknownToken(c.unknown)
	case c.token != "":
		token = c.token
	default:
		token = bearer
	}
	if token == "" {
		return "", "", intake.Unauthorized("the request carries no project token: set the token in the SDK's options (the first argument of posthog.init, api_key)")
	}
	project, known := c.projectOf(token)
	if !known {
		return "", "", intake.UnknownToken(token)
	}
	c.know(token)
	if !inHeader {
		c.know(bearer)
	}
	for _, other := range [...]string{c.project, c.other} {
		if other != "" && other != project {
			return "", "", intake.BadRequest("mixed_projects", fmt.Sprintf("the request carries tokens of two projects, %q and %q, so nothing of it was accepted: send the events of each project in separate requests", project, other))
		}
	}
	return token, project, nil
}
