package table

import (
	"encoding/json"
	"strings"

	"github.com/playheadhq/playhead/internal/model"
)

// CopyPrefix begins the names of the columns of experiences that are copied from events. Which these are is decided by the list of columns alone.
const CopyPrefix = "of_"

// Experiences are derived: they are not exported, and a row replaces the one with the same key.
var Experiences = newTable(Table[model.Experience]{
	Name: "experiences",
	Key:  []string{"project", "trace_id", "uuid", "rules"},
	Sort: []string{"project", "trace_id", "uuid", "rules"},
	Columns: []Column[model.Experience]{
		{Name: "project", Hint: Few, At: func(e *model.Experience) any { return &e.Project }},
		{Name: "trace_id", At: func(e *model.Experience) any { return &e.TraceID }},
		{Name: "uuid", At: func(e *model.Experience) any { return &e.UUID }},
		{Name: "rules", At: func(e *model.Experience) any { return &e.Rules }},
		{Name: "time_ms", Hint: Near, At: func(e *model.Experience) any { return &e.TimeMS }},
		{Name: "received_ms", Hint: Near, At: func(e *model.Experience) any { return &e.ReceivedMS }},
		{Name: "session_id", At: func(e *model.Experience) any { return &e.SessionID }},
		{Name: "window_id", At: func(e *model.Experience) any { return &e.WindowID }},
		{Name: "state", Hint: Few, At: func(e *model.Experience) any { return &e.Seen.State }},
		{Name: "reason", Hint: Few, At: func(e *model.Experience) any { return &e.Seen.Reason }},
		{Name: "asked_ms", Hint: Near, At: func(e *model.Experience) any { return &e.Seen.AskedMS }},
		{Name: "first_words_ms", Hint: Near, At: func(e *model.Experience) any { return &e.Seen.FirstWordsMS }},
		{Name: "last_words_ms", Hint: Near, At: func(e *model.Experience) any { return &e.Seen.LastWordsMS }},
		{Name: "stalls", At: func(e *model.Experience) any { return (*timeSpans)(&e.Seen.Stalls) }},
		{Name: "wait_ms", At: func(e *model.Experience) any { return &e.Seen.WaitMS }},
		{Name: "smoothness", At: func(e *model.Experience) any { return &e.Seen.Smoothness }},
		{Name: "share", At: func(e *model.Experience) any { return &e.Seen.Share }},
		{Name: "share_uncertainty", At: func(e *model.Experience) any { return &e.Seen.ShareUncertainty }},
		{Name: "uncertainty_ms", At: func(e *model.Experience) any { return &e.Seen.UncertaintyMS }},
		{Name: "node", At: func(e *model.Experience) any { return &e.Seen.Node }},
		// What happened as it is shown, and the kinds of it, each once, by which rows are found.
		{Name: "signals", At: func(e *model.Experience) any { return (*signals)(&e.Reaction.Signals) }},
		{Name: "kinds", Hint: Few, At: func(e *model.Experience) any { return (*signalKinds)(&e.Reaction.Signals) }},
		// The same as bits of model.SignalBits, by which a million rows are counted, of texts that takes three times as long, and which are weighed.
		{Name: "kind_bits", At: func(e *model.Experience) any { return (*signalBits)(&e.Reaction.Signals) }},
		{Name: "before_request_ms", At: func(e *model.Experience) any { return &e.BeforeRequestMS }},
		{Name: "previous_wait_ms", At: func(e *model.Experience) any { return &e.PreviousWaitMS }},
		{Name: "answer_wait_ms", At: func(e *model.Experience) any { return &e.AnswerWaitMS }},
		{Name: "previous_kinds", At: func(e *model.Experience) any { return &e.PreviousKinds }},
		{Name: "country", Hint: Few, At: func(e *model.Experience) any { return &e.Country }},
		{Name: "visitor", Hint: Few, At: func(e *model.Experience) any { return &e.Visitor }},
		{Name: "derived_ms", Hint: Near, At: func(e *model.Experience) any { return &e.DerivedMS }},
		{Name: "again_ms", Hint: Near, At: func(e *model.Experience) any { return &e.AgainMS }},
		{Name: "moment_ms", Hint: Near, At: func(e *model.Experience) any { return &e.MomentMS }},
		{Name: "clock_offset_ms", At: func(e *model.Experience) any { return &e.ClockOffsetMS }},
		{Name: "clock_uncertainty_ms", At: func(e *model.Experience) any { return &e.ClockUncertaintyMS }},
		{Name: "unseen_tokens", At: func(e *model.Experience) any { return &e.UnseenTokens }},
		// The call with the first words of the answer: sums compare its parts with the wait, and no storage can quickly find that call of each of a
		// million answers.
		{Name: "first_before_ms", At: func(e *model.Experience) any { return &e.First.BeforeMS }},
		{Name: "first_token_ms", At: func(e *model.Experience) any { return &e.First.TokenMS }},
		{Name: "first_latency_ms", At: func(e *model.Experience) any { return &e.First.LatencyMS }},
		{Name: "first_sent_ms", At: func(e *model.Experience) any { return &e.First.SentMS }},
		{Name: "first_queue_ms", At: func(e *model.Experience) any { return &e.First.QueueMS }},
		{Name: "first_arrived_ms", At: func(e *model.Experience) any { return &e.First.ArrivedMS }},
		// Copies of columns of the generation's event, under their names after CopyPrefix.
		{Name: CopyPrefix + "kind", At: func(e *model.Experience) any { return (*uint8)(&e.Of.Kind) }},
		{Name: CopyPrefix + "start_ms", Hint: Near, At: func(e *model.Experience) any { return &e.Of.StartMS }},
		{Name: CopyPrefix + "output_tokens", At: func(e *model.Experience) any { return &e.Of.OutputTokens }},
		{Name: CopyPrefix + "model", Hint: Few, At: func(e *model.Experience) any { return &e.Of.Model }},
		{Name: CopyPrefix + "provider", Hint: Few, At: func(e *model.Experience) any { return &e.Of.Provider }},
		{Name: CopyPrefix + "prompt_name", Hint: Few, At: func(e *model.Experience) any { return &e.Of.PromptName }},
		{Name: CopyPrefix + "prompt_version", Hint: Few, At: func(e *model.Experience) any { return &e.Of.PromptVersion }},
		{Name: CopyPrefix + "agent", Hint: Few, At: func(e *model.Experience) any { return &e.Of.Agent }},
		{Name: CopyPrefix + "tools", Hint: Few, At: func(e *model.Experience) any { return &e.Of.Tools }},
		{Name: CopyPrefix + "env", Hint: Few, At: func(e *model.Experience) any { return &e.Of.Env }},
		{Name: CopyPrefix + "release", Hint: Few, At: func(e *model.Experience) any { return &e.Of.Release }},
	},
})

// timeSpans are ranges of time as a column: from, to, from, to.
type timeSpans []model.TimeSpan

// Int64s implements Int64List.
func (s *timeSpans) Int64s() []int64 {
	all := make([]int64, 0, 2*len(*s))
	for _, x := range *s {
		all = append(all, x.FromMS, x.ToMS)
	}
	return all
}

// SetInt64s implements Int64List.
func (s *timeSpans) SetInt64s(all []int64) {
	*s = nil
	for i := 0; i+1 < len(all); i += 2 {
		*s = append(*s, model.TimeSpan{FromMS: all[i], ToMS: all[i+1]})
	}
}

// signals are signals as a column: JSON, "" for none.
type signals []model.Signal

// Text implements TextValue.
func (s *signals) Text() string {
	if len(*s) == 0 {
		return ""
	}
	text, err := json.Marshal(*s)
	if err != nil {
		return "" // nothing in a signal can fail
	}
	return string(text)
}

// SetText implements TextValue.
func (s *signals) SetText(text string) {
	*s = nil
	if text != "" && json.Unmarshal([]byte(text), (*[]model.Signal)(s)) != nil {
		*s = nil
	}
}

// signalKinds are the kinds of signals as a column, each once, a line each.
type signalKinds []model.Signal

// Text implements TextValue.
func (s *signalKinds) Text() string {
	var b strings.Builder
	known := map[string]bool{}
	for _, x := range *s {
		if known[x.Kind] || x.Kind == "" {
			continue
		}
		if known[x.Kind] = true; b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(x.Kind)
	}
	return b.String()
}

// SetText implements TextValue. The column signals says all that this one says.
func (s *signalKinds) SetText(string) {}

// signalBits are the kinds of signals as a column of bits.
type signalBits []model.Signal

// Int64 implements Int64Value.
func (s *signalBits) Int64() (bits int64) {
	for _, x := range *s {
		bits |= model.SignalBits(x.Kind)
	}
	return bits
}
