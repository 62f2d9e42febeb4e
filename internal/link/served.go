package link

import (
	"slices"
	"strings"

	"github.com/playheadhq/playhead/internal/link/words"
	"github.com/playheadhq/playhead/internal/model"
)

// Served returns the address of the HTTP request in which a trace happened, "POST /api/chat", "" if no span of it says that. Of several
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
			first, address = e.StartMS, strings.ToUpper(method)+" "+path
		}
	}
	return address
}

// Times of a request and of the trace that it caused, in milliseconds.
const (
	// longerBy is by how much a request may be longer than its trace: it has the way there and back, and what a backend does before and after. shorterBy
	// is for times that are rounded.
	longerBy  = 5_000
	shorterBy = 250
)

// eachRequest calls a function with the clue of each request that may have caused the trace, and what the clue is made from.
func (t *Traits) eachRequest(each func(hash int64, is part)) {
	if t.Address == "" {
		return
	}
	_, path, _ := strings.Cut(t.Address, " ")
	for _, address := range []string{t.Address, path} { // posthog-js leaves out the method if it does not record headers
		for _, made := range []struct {
			kind words.Kind
			from part
		}{{words.Address, toAddress}, {words.AddressUnread, toAddress | unread}} {
			for _, hash := range words.RequestsBetween(made.kind, address, t.StartMS-inexact-longerBy, t.StartMS+inexact) {
				each(hash, made.from)
			}
		}
	}
}

// RequestClues returns the clues of the requests that may have caused the trace.
func (t *Traits) RequestClues() (all []int64) {
	t.eachRequest(func(hash int64, _ part) { all = append(all, hash) })
	return all
}

// FittingRequests are the requests of a session, among clues that were found, that fit the trace.
func FittingRequests(t *Traits, found []model.Clue, session string) (all []model.Clue) {
	hashes := t.RequestClues()
	for _, c := range found {
		if c.SessionID == session && slices.Contains(hashes, c.Hash) && t.Fits(c.AtMS, c.EndMS) {
			all = append(all, c)
		}
	}
	return all
}

// Unfit is by how many milliseconds the beginning and the end of a request differ from those of the trace.
func (t *Traits) Unfit(fromMS, toMS int64) int64 {
	return distance(fromMS, t.StartMS) + distance(toMS, t.EndMS)
}

// Fits reports whether a request from one time to another encloses the trace and is about as long. The two clocks may differ a little, but both
// durations are exact.
func (t *Traits) Fits(fromMS, toMS int64) bool {
	longer := (toMS - fromMS) - (t.EndMS - t.StartMS)
	return -shorterBy <= longer && longer <= longerBy && Encloses(fromMS, toMS, t.StartMS, t.EndMS)
}

// Encloses reports whether a request from one time to another encloses what happened from startMS to endMS, as far as the clocks are known.
func Encloses(fromMS, toMS, startMS, endMS int64) bool {
	return fromMS <= startMS+inexact && toMS >= endMS-inexact
}
