package derive

import (
	"cmp"
	"slices"

	"github.com/playheadhq/playhead/internal/link/reaction"
	"github.com/playheadhq/playhead/internal/link/seen"
	"github.com/playheadhq/playhead/internal/model"
)

// react works out the reaction to a generation. An opinion about a trace concerns its answer, unless it names another generation. An earlier call is one before
// the answer to the same question.
func (d *deriving) react(f *felt, isAnswer, isEarlier bool, events []model.Event, all map[model.Subject][]*felt) {
	in := reaction.Input{
		Seen: f.x.Seen, Question: f.said.question, Answer: f.said.answer, StartMS: f.beganMS, EndMS: f.endMS, WindowID: f.x.WindowID,
		Earlier: isEarlier,
	}
	for i := range events {
		e := &events[i]
		if e.Kind.IsOpinion() && (e.ParentID != "" && (e.ParentID == f.event.SpanID || e.ParentID == f.event.UUID.String()) || isAnswer && !names(e, events)) {
			in.Feedback = append(in.Feedback, *e)
		}
	}
	s := d.linked(f)
	if s == nil || f.said.answer == "" && !isAnswer {
		f.x.Reaction = reactionOf(in)
		return
	}
	w := f.watched
	in.Activity, in.WindowsEndMS, in.SessionOverMS = s.activity, s.endMS, s.overMS
	in.StopsMS, in.ScrolledAwayMS = w.context.Stop, w.context.Scrolled
	in.Inside = func(window string, node int64) bool {
		return window == w.window && w.context.Inside != nil && w.context.Inside(node)
	}
	in.Beside = func(window string, node int64) bool {
		return window == w.window && w.context.Beside != nil && w.context.Beside(node)
	}
	c := f.steady(s)
	in.Next = d.next(f, s, c, all)
	if isAnswer {
		in.Feedback = append(in.Feedback, s.events...)
	}
	c.input(&in, s)
	f.x.Reaction = c.output(reactionOf(in))
	if s.again != 0 && len(in.Next) == 0 {
		f.x.AgainMS = s.again
	}
}

// reactionOf is reaction.Of, but with nil instead of an empty list of signals.
func reactionOf(in reaction.Input) model.Reaction {
	r := reaction.Of(in)
	if len(r.Signals) == 0 {
		r.Signals = nil
	}
	return r
}

// names reports whether an opinion names a generation of its trace, and so is about this generation.
func names(e *model.Event, events []model.Event) bool {
	return e.ParentID != "" && slices.ContainsFunc(events, func(o model.Event) bool {
		return o.Kind == model.KindGeneration && (o.SpanID == e.ParentID || o.UUID.String() == e.ParentID)
	})
}

// next are the questions of the same session and conversation that follow the question of a generation, by a clock that was never set.
func (d *deriving) next(f *felt, s *session, c *steady, all map[model.Subject][]*felt) (asked []reaction.Asked) {
	own, _ := model.SubjectOf(f.event)
	for _, subject := range s.turns {
		if subject == own {
			continue
		}
		if q, ok := d.question(subject, c, all[subject]); ok && q.AtMS > f.beganMS {
			for _, o := range all[subject] {
				if o.event.ConversationID == "" || f.event.ConversationID == "" || o.event.ConversationID == f.event.ConversationID {
					asked = append(asked, q)
					break
				}
			}
		}
	}
	slices.SortFunc(asked, func(a, b reaction.Asked) int { return cmp.Compare(a.AtMS, b.AtMS) })
	return asked
}

// question is what a user asked with a trace, or with a generation outside of any trace. A call does not count if the recording shows that nobody asked
// its question: many programs generate titles or classes from the same text. Of several calls the shortest text is the question, because the longer
// ones contain it.
func (d *deriving) question(subject model.Subject, c *steady, generations []*felt) (q reaction.Asked, ok bool) {
	stored := d.known[subject]
	for _, f := range generations {
		known := stored
		if f.is {
			known = f.watched.seen
		}
		if !f.said.asks || known.AskedMS == 0 && known.State != "" && known.State != model.SeenUnknown || known.Reason == seen.Background {
			continue
		}
		if !ok || len(f.said.question) < len(q.Text) {
			q = reaction.Asked{AtMS: c.ms(cmp.Or(known.AskedMS, f.beganMS), f.event.ReceivedMS), Text: f.said.question, TraceID: f.event.TraceID}
			ok = true
		}
	}
	return q, ok
}
