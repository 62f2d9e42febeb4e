package link

import (
	"strings"

	"github.com/playheadhq/playhead/internal/link/words"
	"github.com/playheadhq/playhead/internal/model"
)

// Served returns the address of the HTTP request in which a trace happened, as RequestAddress writes it, "" if no span of it says that. Of several
// spans that were requests to a server, it is the first one: a backend may call others. The names are those of OpenTelemetry's HTTP conventions, the
// current and the earlier ones. Requests that a backend sends have none of them.
func Served(events []model.Event) string {
	first, address := int64(0), ""
	for i := range events {
		e := &events[i]
		if e.Kind != model.KindSpan && e.Kind != model.KindTrace || address != "" && e.StartMS >= first {
			continue
		}
		method, path, route := "", "", ""
		for _, p := range e.Properties {
			switch p.Name {
			case "http.request.method", "http.method":
				method = p.Value
			case "url.path", "http.target":
				path, _, _ = strings.Cut(p.Value, "?")
			case "http.route":
				route = p.Value
			}
		}
		if path == "" && !strings.ContainsAny(route, "{}:*<>[]") {
			path = route // a route without parameters is the path
		}
		if method != "" && strings.HasPrefix(path, "/") {
			first, address = e.StartMS, RequestAddress(method, path)
		}
	}
	return address
}

// RequestAddress is "POST /api/chat". The method may be unknown: posthog-js leaves it out if it does not record headers.
func RequestAddress(method, path string) string {
	return strings.TrimSpace(strings.ToUpper(method) + " " + path)
}

// addresses are the forms in which a recording may have the trace's request.
func (t *Traits) addresses() []string {
	if t.Address == "" {
		return nil
	}
	_, path, _ := strings.Cut(t.Address, " ")
	return []string{t.Address, path}
}

// Times of a request and of the trace that it caused, in milliseconds.
const (
	// longerBy is by how much a request may be longer than its trace: it has the way there and back, and what a backend does before and after. shorterBy
	// is for times that are rounded.
	longerBy  = 5_000
	shorterBy = 250
)

// RequestClues returns the clues of the requests that may have caused the trace.
func (t *Traits) RequestClues() (all []int64) {
	for _, address := range t.addresses() {
		for _, kind := range []words.Kind{words.Address, words.AddressUnread} {
			all = append(all, t.requestClues(kind, address)...)
		}
	}
	return all
}

func (t *Traits) requestClues(kind words.Kind, address string) []int64 {
	return words.RequestsBetween(kind, address, t.StartMS-inexact-longerBy, t.StartMS+inexact)
}

// Unfit is by how many milliseconds the beginning and the end of a request differ from those of the trace.
func (t *Traits) Unfit(fromMS, toMS int64) int64 {
	return distance(fromMS, t.StartMS) + distance(toMS, t.EndMS)
}

// Fits reports whether a request from one time to another encloses the trace and is about as long. The two clocks may differ a little, but both
// durations are exact.
func (t *Traits) Fits(fromMS, toMS int64) bool {
	longer := (toMS - fromMS) - (t.EndMS - t.StartMS)
	return -shorterBy <= longer && longer <= longerBy && fromMS <= t.StartMS+inexact && toMS >= t.EndMS-inexact
}
