package query

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/impact"
	"github.com/playheadhq/playhead/internal/model"
)

// Seen is how much of an answer was on its user's screen, and when. Times are of the browser's clock, as recorded; null means unknown or never.
type Seen struct {
	State         string            `json:"state" enum:"seen,partly,not_shown,not_visible,stopped,unknown" doc:"seen: all of its words were shown in a visible tab. partly: some were, then the user left or the page replaced it. stopped: the user ended the stream, and what had arrived was shown. not_shown: it was never on the page. not_visible: it was on the page, but never in a visible tab. unknown: the recording does not show it, see reason"`
	Reason        *string           `json:"reason" enum:"no_link,no_recording,other_window,background,masked,not_recorded,mutations_dropped,no_text,uncertain" doc:"why the state is unknown; null for other states"`
	AskedMS       *int64            `json:"asked_ms" doc:"when the user asked; null for calls that no user asked for"`
	FirstWordsMS  *int64            `json:"first_words_ms" doc:"when the first of its words were on the visible page"`
	LastWordsMS   *int64            `json:"last_words_ms" doc:"when the last words that were shown appeared"`
	Stalls        []model.TimeSpan  `json:"stalls" nullable:"false" doc:"times of two seconds or more without new words between the first and the last ones"`
	PerceivedWait *float64          `json:"perceived_wait_s" doc:"from asked_ms to first_words_ms; null for a call that continues an answer whose first words were shown before"`
	AnswerWait    *float64          `json:"answer_wait_s" doc:"of the generation that completes an answer, and of a trace: how long the user waited for the whole answer, also where its first words belong to a generation before"`
	Smoothness    *float64          `json:"smoothness" doc:"the share of reading time, 0 to 1, in which words appeared in time for a reader of five words per second"`
	Share         *float64          `json:"share" doc:"the share of its characters, 0 to 1, that were inside the viewport at some time"`
	ShareUnsure   *float64          `json:"share_uncertainty" doc:"how wrong share may be: 0 with the probe; null without a share"`
	WaitParts     []impact.WaitPart `json:"wait_parts" nullable:"false" doc:"the parts of answer_wait_s, as far as they are known; where two cannot be told apart, one has the name of both"`
	UncertaintyMS int64             `json:"uncertainty_ms" doc:"the possible error of the times"`
	Element       *int64            `json:"node" doc:"the recorder's number of the element that showed it"`
	WindowID      *string           `json:"window_id" doc:"the tab whose recording was searched"`
}

// Reaction is what a user did about an answer while waiting for it and afterwards.
type Reaction struct {
	Score   float64  `json:"score" doc:"from -1 (bad) to 1 (good): the sum of the weights, limited to this range; 0 without signals"`
	Signals []Signal `json:"signals" nullable:"false" doc:"by at_ms"`
}

// Signal is one thing that a user did about an answer.
type Signal struct {
	Kind   string  `json:"kind" enum:"copied,selected,followed_link,retried,asked_again,raged,dead_click,scrolled_away,switched_away,reloaded,stopped,left,thumbs_up,thumbs_down,thanked,complained,went_on"`
	AtMS   int64   `json:"at_ms" doc:"by the browser's clock"`
	Weight float64 `json:"weight" doc:"how much it adds to the score, from -1 to 1"`
	Detail string  `json:"detail" doc:"a sentence about it"`
}

// experienceKey identifies the experience of a generation, or of a whole trace.
type experienceKey struct {
	trace string
	uuid  uuid.UUID
}

// experiencesOf reads the stored experiences of the users of traces and generations, in one call.
func (s *Service) experiencesOf(ctx context.Context, scope access.Scope, traces []string, events []model.Event) (map[experienceKey]*model.Experience, error) {
	named, ids := slices.Clone(traces), make([]uuid.UUID, 0, len(events)+1)
	if len(traces) > 0 {
		ids = append(ids, uuid.Nil)
	}
	for i := range events {
		if e := &events[i]; e.Kind == model.KindGeneration {
			named, ids = append(named, e.TraceID), append(ids, e.UUID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	slices.Sort(named)
	stored, err := s.store.Experiences(ctx, scope.Project, slices.Compact(named), ids)
	if err != nil {
		return nil, wrap(err, "read what users saw of answers")
	}
	all := make(map[experienceKey]*model.Experience, len(stored))
	for i := range stored {
		all[experienceKey{stored[i].TraceID, stored[i].UUID}] = &stored[i]
	}
	return all, nil
}

// seenView is null until it is derived, and if there is no answer.
func seenView(x *model.Experience) *Seen {
	if x == nil || x.Seen.State == "" {
		return nil
	}
	s := &x.Seen
	v := &Seen{
		State: s.State, Reason: text(s.Reason), AskedMS: timeOf(s.AskedMS), FirstWordsMS: timeOf(s.FirstWordsMS), LastWordsMS: timeOf(s.LastWordsMS),
		Stalls: slices.Clone(s.Stalls), PerceivedWait: seconds(float64(s.WaitMS)), AnswerWait: seconds(float64(x.AnswerWaitMS)), Smoothness: shareOf(s.Smoothness), Share: shareOf(s.Share),
		UncertaintyMS: s.UncertaintyMS, Element: timeOf(s.Node), WindowID: text(x.WindowID),
	}
	v.WaitParts = waitParts(x)
	if v.Share != nil {
		v.ShareUnsure = &s.ShareUncertainty
	}
	if v.Stalls == nil {
		v.Stalls = []model.TimeSpan{}
	}
	return v
}

// waitParts are the parts of a wait that ended with words on the screen; none where the start of the call is not known.
func waitParts(x *model.Experience) []impact.WaitPart {
	of := x.First.TokenMS
	if of < 0 {
		of = x.First.LatencyMS
	}
	if x.AnswerWaitMS < 0 || x.First.BeforeMS < 0 || of < 0 {
		return []impact.WaitPart{}
	}
	s := func(ms int64) float64 { return float64(ms) / 1000 }
	return impact.Parts(impact.Timing{
		Wait: s(x.AnswerWaitMS), Before: s(x.First.BeforeMS), Model: s(of), Sent: s(x.First.SentMS), Queue: s(x.First.QueueMS), Arrived: s(x.First.ArrivedMS),
	})
}

// reactionView weighs what a user did. It is null where nothing is known of how the user reacted.
func reactionView(x *model.Experience, weights []int64) *Reaction {
	if x == nil || !x.IsReacted() {
		return nil
	}
	v := &Reaction{Score: model.ScoreOf(x.Reaction.Bits(), weights), Signals: make([]Signal, len(x.Reaction.Signals))}
	for i, one := range x.Reaction.Signals {
		v.Signals[i] = Signal{Kind: one.Kind, AtMS: one.AtMS, Weight: model.ScoreOf(model.SignalBits(one.Kind), weights), Detail: one.Detail}
	}
	return v
}

// timeOf is a time, null for 0, which means unknown.
func timeOf(n int64) *int64 {
	if n == 0 {
		return nil
	}
	return &n
}

// shareOf is a share, null if negative, which means unknown.
func shareOf(x float64) *float64 {
	if x < 0 {
		return nil
	}
	return &x
}
