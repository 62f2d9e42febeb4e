// Package address writes ids into paths and reads them back, for pages and for the API alike. web/src/lib/route.ts does the same in the browser.
package address

import (
	"maps"
	"net/url"
	"strings"
)

// Segment is id as a segment of a path, escaped. The ids ".", ".." and "/" get a ~ before them: browsers and servers take the segments "."
// and ".." for directions, also when they are written with %2E, and Go's mux takes %2F for the end of the path. So do those of them that
// already begin with ~, so that every segment means one id. All other ids are only percent-encoded.
func Segment(id string) string {
	if misread(strings.TrimLeft(id, "~")) {
		return "~" + url.PathEscape(id)
	}
	return url.PathEscape(id)
}

// ID is the id that a segment stands for, once its percent-encoding is undone.
func ID(segment string) string {
	if rest, ok := strings.CutPrefix(segment, "~"); ok && misread(strings.TrimLeft(rest, "~")) {
		return rest
	}
	return segment
}

// Session is the address of a session's page with more parameters. The project is "" where a page that names none is about that project.
func Session(id, project string, more url.Values) string {
	q := url.Values{}
	maps.Copy(q, more)
	if project != "" {
		q.Set("project", project)
	}
	if len(q) == 0 {
		return "/sessions/" + Segment(id)
	}
	return "/sessions/" + Segment(id) + "?" + q.Encode()
}

func misread(s string) bool { return s == "." || s == ".." || s == "/" }
