package store

import (
	"cmp"
	"slices"

	"github.com/playheadhq/playhead/internal/model"
)

// rank says of which kind's events lists show previews: generations where there are any, else embeddings, else the explicit trace, else spans.
func rank(k model.Kind) int {
	switch k {
	case model.KindGeneration:
		return 1
	case model.KindEmbedding:
		return 2
	case model.KindTrace:
		return 3
	case model.KindSpan:
		return 4
	default:
		return 0
	}
}

// Summarize sums up the events of one trace, all of them, as Traces does (model.TraceSummary): whoever has read a small
// trace whole need not have it summed by the engine.
func Summarize(id string, events []model.Event) model.TraceSummary {
	events = slices.Clone(events)
	slices.SortStableFunc(events, func(a, b model.Event) int {
		return cmp.Or(cmp.Compare(a.StartMS, b.StartMS), slices.Compare(a.UUID[:], b.UUID[:]))
	})
	s := model.TraceSummary{
		ID: id, Tokens: model.UnknownTokens(), CostNanos: -1,
	}
	var (
		named  [3]string // by an explicit trace, by a root, by anything
		calls  bool      // whether there is a start and an end to speak of
		best   int       // the rank of what lists show previews of, zero for none yet
		failed bool
	)
	for i := range events {
		e := &events[i]
		s.LastMS = max(s.LastMS, e.TimeMS)
		s.Truncated = s.Truncated || e.Truncated
		s.ConversationID = cmp.Or(s.ConversationID, e.ConversationID)
		if e.Model != "" && !slices.Contains(s.Models, e.Model) {
			s.Models = append(s.Models, e.Model)
		}
		if e.IsError {
			failed = true
			if e.Kind != model.KindTrace { // it failed with its calls
				s.Errors++
			}
			s.Error = cmp.Or(s.Error, e.Error)
		}
		switch {
		case !e.Kind.IsNode():
		case e.Kind == model.KindTrace:
			named[0] = cmp.Or(named[0], e.Title)
		case e.ParentID == "" || e.ParentID == id:
			named[1] = cmp.Or(named[1], e.Title)
		default:
			named[2] = cmp.Or(named[2], e.Title)
		}
		if e.Kind.IsNode() {
			if !calls {
				s.FirstMS, s.EndMS, calls = e.StartMS, e.EndMS(), true
			}
			s.FirstMS, s.EndMS = min(s.FirstMS, e.StartMS), max(s.EndMS, e.EndMS())
		}
		switch e.Kind {
		case model.KindGeneration, model.KindEmbedding:
			s.Generations++
			s.SummedLatencyMS += max(0, e.LatencyMS)
			addTokens(&s.Tokens, e.Tokens)
			if e.Cost.Known() {
				s.CostNanos = max(0, s.CostNanos) + e.Cost.Nanos
			} else {
				s.Unpriced++
			}
		case model.KindSpan:
			s.Spans++
		case model.KindFeedback:
			s.Feedbacks++
		}
		if r := rank(e.Kind); r > 0 && (best == 0 || r <= best) {
			if r != best {
				s.FirstGeneration, best = keyOf(e), r
			}
			s.LastGeneration = keyOf(e)
		}
	}
	if failed {
		s.Errors = max(s.Errors, 1)
	}
	s.Title = cmp.Or(named[0], named[1], named[2])
	slices.Sort(s.Models)
	if !calls && len(events) > 0 {
		s.EndMS = s.LastMS
		s.FirstMS = events[0].TimeMS
		for i := range events {
			s.FirstMS = min(s.FirstMS, events[i].TimeMS)
		}
	}
	return s
}

func keyOf(e *model.Event) model.Key {
	return model.Key{Project: e.Project, UUID: e.UUID, TimeMS: e.TimeMS}
}

// addTokens adds what was reported.
func addTokens(sum *model.Tokens, t model.Tokens) {
	for _, p := range [...]struct {
		sum *int64
		n   int64
	}{
		{&sum.Input, t.Input}, {&sum.Output, t.Output}, {&sum.Total, t.Total}, {&sum.CacheRead, t.CacheRead},
		{&sum.CacheWrite, t.CacheWrite}, {&sum.Reasoning, t.Reasoning},
	} {
		if p.n >= 0 {
			*p.sum = max(0, *p.sum) + p.n
		}
	}
}
