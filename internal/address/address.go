// Package address writes ids into paths and reads them back, for pages and for the API. web/src/lib/route.ts does the same in the browser.
package address

import (
	"maps"
	"net/url"
	"strings"
)

// Segment is id as a segment of a path, escaped. The ids ".", ".." and "/" get a ~ in front: browsers and servers resolve the segments "." and ".."
// even if they are written with %2E, and Go's mux treats %2F as the end of the path. If such an id already begins with ~, it gets one more, so that
// every segment means exactly one id. All other ids are only percent-encoded.
func Segment(id string) string {
	if misread(strings.TrimLeft(id, "~")) {
		return "~" + url.PathEscape(id)
	}
	return url.PathEscape(id)
}

// ID is the id of a segment whose percent-encoding has been decoded.
func ID(segment string) string {
	if rest, ok := strings.CutPrefix(segment, "~"); ok && misread(strings.TrimLeft(rest, "~")) {
		return rest
	}
	return segment
}

// Session is the address of a session's page with more parameters. The project is "" if pages without a project show that project.
func Session(id, project string, more url.Values) string {
	return page("/sessions/", id, project, more)
}

// Trace is the address of a trace's page. project is as in Session.
func Trace(id, project string) string { return page("/traces/", id, project, nil) }

// Conversation is the address of a conversation's page. project is as in Session.
func Conversation(id, project string) string { return page("/conversations/", id, project, nil) }

func page(folder, id, project string, more url.Values) string {
	q := url.Values{}
	maps.Copy(q, more)
	if project != "" {
		q.Set("project", project)
	}
	if len(q) == 0 {
		return folder + Segment(id)
	}
	return folder + Segment(id) + "?" + q.Encode()
}

func misread(s string) bool { return s == "." || s == ".." || s == "/" }
