package link

import (
	"net/url"
	"strings"

	"github.com/playheadhq/playhead/internal/model"
)

// namedIn are the ids that an event has in properties with other names than its own fields.
type namedIn struct {
	// session and window are ids of the browser.
	session, window string
	// perhaps is the id of a session of some kind. It is the browser's session only if there is a recording with this id.
	perhaps string
}

// wrappers are prefixes that libraries add to the names of a program's properties: the AI SDK of Vercel, OpenLLMetry, Langfuse, and instrumentation
// of HTTP servers, which records headers.
var wrappers = []string{
	"ai.telemetry.metadata.", "traceloop.association.properties.", "langfuse.trace.metadata.", "langfuse.observation.metadata.", "langfuse.metadata.",
	"http.request.header.", "metadata.", "langfuse.trace.", "langfuse.",
}

// idsIn reads ids from the properties of an event.
func idsIn(e *model.Event) (found namedIn) {
	for _, p := range e.Properties {
		value := p.Value
		name := strings.ToLower(p.Name)
		if name == "baggage" || name == "http.request.header.baggage" {
			baggage(value, &found)
			continue
		}
		found.add(name, value)
	}
	return found
}

func (n *namedIn) add(name, value string) {
	said := strings.Contains(name, "posthog") || strings.ContainsRune(name, '$')
	for _, w := range wrappers {
		name = strings.TrimPrefix(name, w)
	}
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune("-_.", r) || r == '$' {
			return -1
		}
		return r
	}, strings.TrimPrefix(name, "x-"))
	name = strings.TrimPrefix(name, "posthog")
	if name != "sessionid" && name != "windowid" && name != "session" {
		return
	}
	// Instrumentation records a header's value as a list of texts.
	value = strings.Trim(value, `[]" `)
	switch {
	case value == "" || len(value) > model.MaxID:
	case name == "windowid":
		if n.window == "" {
			n.window = value
		}
	case said:
		if n.session == "" {
			n.session = value
		}
	case n.perhaps == "":
		n.perhaps = value
	}
}

// baggage reads W3C baggage: members of a name, a value and properties.
func baggage(text string, to *namedIn) {
	for member := range strings.SplitSeq(strings.Trim(text, `[]"`), ",") {
		member, _, _ = strings.Cut(member, ";")
		name, value, ok := strings.Cut(member, "=")
		if !ok {
			continue
		}
		if v, err := url.PathUnescape(strings.TrimSpace(value)); err == nil {
			to.add(strings.ToLower(strings.TrimSpace(name)), v)
		}
	}
}

// Names reports whether an event names its session: in its own field, or in a property whose name says that it is the browser's.
func Names(e *model.Event) bool { return e.SessionID != "" || idsIn(e).session != "" }

// Perhaps returns the ids from properties that name a session of some kind. Such an id is the browser's session only if there is a recording with this id.
func Perhaps(events []model.Event) (ids []string) {
	seen := map[string]bool{"": true}
	for i := range events {
		if id := idsIn(&events[i]).perhaps; !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	return ids
}
