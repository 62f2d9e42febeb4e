package model

import "github.com/google/uuid"

// TraceSummary is a row of the trace list: the totals of a trace's events.
type TraceSummary struct {
	ID             string
	Title          string
	ConversationID string
	// FirstMS is the earliest start, EndMS the latest end of its calls, LastMS the latest event time (by which the list is sorted).
	FirstMS int64
	EndMS   int64
	LastMS  int64
	// Generations counts generations and embeddings; Spans counts spans.
	Generations int64
	Spans       int64
	// Errors counts calls and spans that failed; 1 when only the explicit trace failed.
	Errors int64
	// Stopped counts calls and spans that somebody stopped; 1 when only the explicit trace was stopped.
	Stopped   int64
	Feedbacks int64
	// SummedLatencyMS adds the latencies of all generations; concurrent ones count in full.
	SummedLatencyMS float64
	// Tokens has sums of the counts that are -1 when unknown. The other counts are not summed.
	Tokens Tokens
	// CostNanos is the sum of the known costs of its generations and embeddings, in billionths of a dollar; -1 when no cost is known.
	CostNanos int64
	// Unpriced counts the generations and embeddings whose cost is not known.
	Unpriced int64
	Models   []string
	Error    string // the first one
	// FirstGeneration and LastGeneration are the generations whose previews lists show, by start and uuid. In a trace without generations they are its
	// embeddings, else its explicit trace event, else its spans; zero when there is none.
	FirstGeneration, LastGeneration Key
	Truncated                       bool
}

// OfProject sets the project of FirstGeneration and LastGeneration.
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
	// FirstMS and LastMS cover both its events and its recording.
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
	// Tokens has sums of the counts that are -1 when unknown. CostNanos is the sum of the known costs of its generations and embeddings, -1 when no
	// cost is known. Unpriced counts those whose cost is not known. All three are as in TraceSummary.
	Tokens    Tokens
	CostNanos int64
	Unpriced  int64
	// SlowestMS is the longest latency of its generations and embeddings; -1 when no latency is known.
	SlowestMS float64
	// RecordingStatus is the last one that the browser reported.
	RecordingStatus string
}

// RefusalCount counts the refusals of one kind.
type RefusalCount struct {
	Reason  Reason
	Event   string
	Library string
	Detail  string // the latest
	Count   int64
	FirstMS int64
	LastMS  int64
}

// Totals is how much is stored, and since when. A zero time means never.
type Totals struct {
	Events           int64
	Generations      int64
	Blocks           int64
	FirstEventMS     int64
	FirstRecordingMS int64
	// FirstLLMEventMS is the time of the first LLM event; FirstLinkMS is when a recorded session first had an LLM event.
	FirstLLMEventMS int64
	FirstLinkMS     int64
}
