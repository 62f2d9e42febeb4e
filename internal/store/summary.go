package store

import (
	"cmp"
	"slices"

	"github.com/playheadhq/playhead/internal/model"
)

// rank orders kinds by the choice of previews for lists: generations if there are any, otherwise embeddings, the explicit trace, or spans.
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

// Summarize computes the summary of one trace from all of its events, like Traces (model.TraceSummary): a caller that has read a small trace
// completely does not need the engine for it.
func Summarize(id string, events []model.Event) model.TraceSummary {
	ordered := make([]*model.Event, len(events)) // an event is a kilobyte: moving ten thousand of them takes longer than everything else
	for i := range events {
		ordered[i] = &events[i]
	}
	slices.SortStableFunc(ordered, func(a, b *model.Event) int {
		return cmp.Or(cmp.Compare(a.StartMS, b.StartMS), slices.Compare(a.UUID[:], b.UUID[:]))
	})
	s := model.TraceSummary{ID: id}
	used := model.NoUsage()
	var (
		named  [3]string // named by an explicit trace, by a root, by any event
		calls  bool      // whether there are calls, which determine start and end
		best   int       // the rank of the event whose previews lists show, zero for none yet
		failed bool
		// stopped is true if any event was stopped.
		stopped bool
	)
	for _, e := range ordered {
		s.LastMS = max(s.LastMS, e.TimeMS)
		s.Truncated = s.Truncated || e.Truncated
		s.ConversationID = cmp.Or(s.ConversationID, e.ConversationID)
		if e.Model != "" && !slices.Contains(s.Models, e.Model) {
			s.Models = append(s.Models, e.Model)
		}
		if e.IsError {
			failed = true
			if e.Kind != model.KindTrace { // an explicit trace that failed together with its calls is no further error
				s.Errors++
			}
			s.Error = cmp.Or(s.Error, e.Error)
		}
		if e.Stopped {
			stopped = true
			if e.Kind != model.KindTrace {
				s.Stopped++
			}
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
		used.Add(e)
		switch e.Kind {
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
	s.Generations, s.SummedLatencyMS, s.Tokens, s.CostNanos, s.Unpriced = used.Calls, used.LatencyMS, used.Tokens, used.CostNanos, used.Unpriced
	if failed {
		s.Errors = max(s.Errors, 1)
	}
	if stopped {
		s.Stopped = max(s.Stopped, 1)
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
