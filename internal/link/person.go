package link

import "github.com/playheadhq/playhead/internal/model"

// Named returns the person that an event names itself, whatever else is known, "" when it names nobody. Of calls alone it is stored who
// was there when the client says that their id names no person; of anything else, that id is all there is.
func Named(e *model.Event) string {
	call := e.Kind == model.KindGeneration || e.Kind == model.KindEmbedding
	if e.DistinctID == e.TraceID || e.Personless && call {
		return ""
	}
	return e.DistinctID
}

// PersonOf returns the distinct id of who was there for an event: its own, unless that names nobody (SDKs fall back to
// the trace id when the caller gave none, or mark the event personless) and the session's browser knows better. "" when
// nobody is known.
func PersonOf(e *model.Event, c Choice, rec *model.Recording) string {
	named := e.DistinctID != "" && e.DistinctID != e.TraceID
	if named && !e.Personless {
		return e.DistinctID
	}
	if rec != nil && rec.DistinctID != "" {
		return rec.DistinctID
	}
	if c.BrowserID != "" {
		return c.BrowserID
	}
	if named {
		return e.DistinctID
	}
	return ""
}

// PersonOfTrace is PersonOf for a whole trace: the first person that its events name, root and calls before the rest.
func PersonOfTrace(events []model.Event, c Choice, rec *model.Recording) string {
	var best, anonymous *model.Event
	for i := range events {
		e := &events[i]
		if e.DistinctID == "" || e.DistinctID == e.TraceID || said(e) {
			continue
		}
		at := &best
		if e.Personless {
			at = &anonymous
		}
		if *at == nil || rootward(e, *at) {
			*at = e
		}
	}
	switch {
	case best != nil:
		return best.DistinctID
	case rec != nil && rec.DistinctID != "":
		return rec.DistinctID
	case c.BrowserID != "":
		return c.BrowserID
	case anonymous != nil:
		return anonymous.DistinctID
	}
	// Feedback of a trace whose session is not known still has an author.
	for i := range events {
		if e := &events[i]; said(e) && e.DistinctID != "" && e.DistinctID != e.TraceID {
			return e.DistinctID
		}
	}
	return ""
}

// Unnamed is a person where none of the events that one is found for names them (Named), "" elsewhere: what a stored link says of persons.
func Unnamed(person string, events ...model.Event) string {
	for i := range events {
		if Named(&events[i]) == person {
			return ""
		}
	}
	return person
}
