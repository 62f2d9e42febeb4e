package model

import "github.com/google/uuid"

// TraceSummary is a row of the trace list: the sum of a trace's events.
type TraceSummary struct {
	ID             string
	Title          string
	ConversationID string
	// FirstMS is the earliest start, EndMS the latest end of its calls, LastMS the latest event time (the list's order).
	FirstMS int64
	EndMS   int64
	LastMS  int64
	// Generations counts generations and embeddings; Spans the other steps.
	Generations int64
	Spans       int64
	// Errors counts calls and steps that failed; 1 when only the explicit trace did.
	Errors int64
	// Stopped counts calls and steps that somebody stopped; 1 when only the explicit trace was.
	Stopped   int64
	Feedbacks int64
	// SummedLatencyMS adds the latencies of all generations; concurrent ones overlap.
	SummedLatencyMS float64
	// Tokens has those of which -1 is not known. The others are not summed up.
	Tokens Tokens
	// CostNanos is what its generations and embeddings cost as far as that is known, in billionths of a dollar; -1 when of none it is.
	CostNanos int64
	// Unpriced counts those of which it is not known.
	Unpriced int64
	Models   []string
	Error    string // the first one
	// FirstGeneration and LastGeneration are those that lists show previews of, by start and uuid. Where a trace has no generation its embeddings
	// stand in, else its explicit trace event, else its spans; zero when there is none.
	FirstGeneration, LastGeneration Key
	Truncated                       bool
}

// OfProject says whose the generations are that a summary names.
func (t *TraceSummary) OfProject(project string) {
	for _, k := range []*Key{&t.FirstGeneration, &t.LastGeneration} {
		if k.UUID != uuid.Nil {
			k.Project = project
		}
	}
}

// SessionSummary is a row of the session list.
type SessionSummary struct {
	ID         string
	DistinctID string
	// FirstMS and LastMS span its events and its recording.
	FirstMS     int64
	LastMS      int64
	Events      int64
	Generations int64
	// Errors counts the generations and embeddings that failed.
	Errors  int64
	Clicks  int64
	Keys    int64
	Windows int64
	Blocks  int64
	Bytes   int64 // of the stored recording
	URL     string
	// Tokens has those of which -1 is not known, CostNanos what its generations and embeddings cost as far as that is known, -1 when of none
	// it is, and Unpriced counts those of which it is not: as of traces.
	Tokens    Tokens
	CostNanos int64
	Unpriced  int64
	// SlowestMS is the longest latency of its generations and embeddings; -1 when of none it is known.
	SlowestMS float64
	// RecordingStatus is the last one the browser reported.
	RecordingStatus string
}

// RefusalCount is what was refused for one reason.
type RefusalCount struct {
	Reason  Reason
	Event   string
	Library string
	Detail  string // the latest
	Count   int64
	FirstMS int64
	LastMS  int64
}

// Totals is how much is stored, and since when. Zero times: never.
type Totals struct {
	Events           int64
	Generations      int64
	Blocks           int64
	FirstEventMS     int64
	FirstRecordingMS int64
	// FirstLLMEventMS is the first LLM event's; FirstLinkMS is when a recorded session first had an LLM event.
	FirstLLMEventMS int64
	FirstLinkMS     int64
}
