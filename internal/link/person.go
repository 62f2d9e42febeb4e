package link

import "github.com/playheadhq/playhead/internal/model"

// Named returns the person whom the event itself names, or "". A call that its client marks as personless names nobody: its person comes from its
// link. For other events only the distinct id is known.
func Named(e *model.Event) string {
	call := e.Kind == model.KindGeneration || e.Kind == model.KindEmbedding
	if e.DistinctID == e.TraceID || e.Personless && call {
		return ""
	}
	return e.DistinctID
}

// PersonOf returns the distinct id of an event's person. That is the event's own id. If this id is nobody's (SDKs send the trace id if the caller
// gave none, or mark the event as personless), it is the id that the session's browser sent. It is "" if nobody is known.
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

// PersonOfTrace is PersonOf for a whole trace: the first person whom its events name, beginning with the root and calls.
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
	// Feedback has an author even if the trace's session is unknown.
	for i := range events {
		if e := &events[i]; said(e) && e.DistinctID != "" && e.DistinctID != e.TraceID {
			return e.DistinctID
		}
	}
	return ""
}

// Unnamed returns person if none of the events names that person (see Named), otherwise "". A stored link has only persons that no event names, because
// the others are found without the link.
func Unnamed(person string, events ...model.Event) string {
	for i := range events {
		if Named(&events[i]) == person {
			return ""
		}
	}
	return person
}
