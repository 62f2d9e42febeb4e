package ingest

import "github.com/playheadhq/playhead/internal/model"

// inheritConversation gives the events of a trace that name no conversation the one that the others name, if it is only one. Vercel AI SDK 7 and
// Langfuse name it on the trace's first span alone, which usually arrives in the same request as the trace's calls. Events of other requests do not
// inherit it: the rows of those that came before are already stored.
func inheritConversation(events []model.Event) {
	type found struct {
		id      string
		several bool
	}
	var of map[string]found
	for i := range events {
		e := &events[i]
		if e.ConversationID == "" || e.TraceID == "" {
			continue
		}
		if of == nil {
			of = map[string]found{}
		}
		one := of[e.TraceID]
		of[e.TraceID] = found{e.ConversationID, one.several || one.id != "" && one.id != e.ConversationID}
	}
	if of == nil {
		return
	}
	for i := range events {
		if e := &events[i]; e.ConversationID == "" {
			if one := of[e.TraceID]; !one.several {
				e.ConversationID = one.id
			}
		}
	}
}
