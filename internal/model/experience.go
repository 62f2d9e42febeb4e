package model

import (
	"slices"

	"github.com/google/uuid"
)

// ExperienceRules is the version of the rules in packages seen and reaction. It must be raised when their results change: experiences are stored with
// it, and those of other versions are derived again. So it is raised, too, for a column that rows stored earlier lack.
const ExperienceRules = 9

// Experience is what the user of an answer experienced: how much of the answer they saw, and how they reacted. Project, TraceID, UUID and Rules are its
// key, as for Link.
type Experience struct {
	Project string
	// TraceID is "" for a generation outside of any trace.
	TraceID string
	// UUID is the generation's; uuid.Nil for the whole trace, which has the experience of its answer.
	UUID  uuid.UUID
	Rules int32
	// TimeMS determines its age for retention: the event's time, or the latest one of a trace.
	TimeMS int64
	// ReceivedMS is when the latest data that it is based on were received.
	ReceivedMS int64
	// SessionID and WindowID say in which recording the answer was looked for; "" for an answer without a link.
	SessionID, WindowID string
	Seen                Seen
	Reaction            Reaction
	// MomentMS is where playback starts in the linked window: some seconds before the user asked, but inside the recording. It is 0 if that is not
	// known.
	MomentMS int64
	// ClockOffsetMS is by how much the browser's clock was ahead of the sender's, and ClockUncertaintyMS the possible error: what the link says, narrowed by
	// what happened on both sides. The uncertainty is 0 if nothing is known of the clocks.
	ClockOffsetMS, ClockUncertaintyMS int64
	// BeforeRequestMS is the time from the user's asking to the start of the call, by the browser's clock; -1 when one of them is unknown.
	BeforeRequestMS int64
	// PreviousWaitMS and PreviousKinds are about the previous answer in the session: its perceived wait, and the bits (SignalBits) of the reaction to
	// it. If no previous answer has a perceived wait, PreviousWaitMS is -1 and PreviousKinds is 0.
	PreviousWaitMS int64
	// AnswerWaitMS is set for a trace and for the one generation that completes its answer. It is the perceived wait for the whole answer. If none of
	// its words were shown, it is the backend's time to the first token, or else to the end. It is -1 for other generations, and if nobody asked.
	AnswerWaitMS  int64
	PreviousKinds int64
	// UnseenTokens are the output tokens of the answer that its user did not see: its tokens, times the share of its characters that were not shown. It
	// is -1 where one of them is unknown.
	UnseenTokens int64
	// First is set where AnswerWaitMS ends with words on the screen.
	First FirstCall
	// Of is set for generations.
	Of CopiedCall
	// Country is the session's, "" when unknown.
	Country string
	// Visitor is VisitorNew or VisitorReturning; "" without a session.
	Visitor string
	// DerivedMS is when the data that it is based on were read. Of two experiences with one key, the one derived later is right.
	DerivedMS int64
	// AgainMS is when it must be derived again because its result depends on the time that has passed; 0 for never.
	AgainMS int64
}

// FirstCall is about the call whose words were the first ones of an answer on the screen. An agent's answer can begin several calls before it is
// complete. Times are durations in milliseconds, -1 when unknown.
type FirstCall struct {
	// BeforeMS is Experience.BeforeRequestMS of that call. TokenMS is the time from its start to its first token, and LatencyMS to its end.
	BeforeMS, TokenMS, LatencyMS int64
	// SentMS is the time from the user's asking to the page's request that carried the call, and ArrivedMS to the first byte that has words of the answer.
	// QueueMS is the time for which the backend had the request before the call began.
	SentMS, QueueMS, ArrivedMS int64
}

// CopiedCall has what reports about experiences group and filter by, copied from the event of a generation. So these reports read one table, and need no
// join of each answer with its event.
type CopiedCall struct {
	Kind                                                                   Kind
	StartMS, OutputTokens                                                  int64
	Model, Provider, PromptName, PromptVersion, Agent, Tools, Env, Release string
}

// CopyCall copies a generation's event.
func CopyCall(e *Event) CopiedCall {
	return CopiedCall{
		Kind: e.Kind, StartMS: e.StartMS, OutputTokens: e.Tokens.Output, Model: e.Model, Provider: e.Provider, PromptName: e.PromptName, PromptVersion: e.PromptVersion, Agent: e.Agent,
		Tools: e.Tools, Env: e.Env, Release: e.Release,
	}
}

// UnknownFirstCall has no times.
var UnknownFirstCall = FirstCall{BeforeMS: -1, TokenMS: -1, LatencyMS: -1, SentMS: -1, QueueMS: -1, ArrivedMS: -1}

// Visitors: whether the person had an earlier session than the one of the answer, among the data stored when the experience was derived.
const (
	VisitorNew       = "new"
	VisitorReturning = "returning"
)

// FirstSession is the earliest known session with a distinct id, and when it began.
type FirstSession struct {
	SessionID string
	AtMS      int64
}

// States of Seen.
const (
	// SeenAll: all words of the answer were shown in a visible tab, wherever on the page.
	SeenAll = "seen"
	// SeenPartly: some words were shown, then the user left or the page replaced the answer.
	SeenPartly = "partly"
	// SeenNotShown: the answer was never in the page.
	SeenNotShown = "not_shown"
	// SeenNotVisible: the answer was in the page, but never while its tab was visible.
	SeenNotVisible = "not_visible"
	// SeenStopped: the user ended the stream, and what had arrived was shown.
	SeenStopped = "stopped"
	// SeenUnknown: nobody can say; Reason says why.
	SeenUnknown = "unknown"
)

// Unwatched are the reasons of SeenUnknown for which the user's actions are unknown too. With the other reasons, the actions are known without the
// words of the answer.
var Unwatched = []string{"no_link", "no_recording", "not_recorded", "background"}

// Seen is which part of an answer was on its user's screen, and when. Times are Unix milliseconds of the browser's clock, as recorded; 0 is unknown or
// never.
type Seen struct {
	// State is "" if there is no answer: for a trace without a generation.
	State string
	// Reason is why the state is SeenUnknown: no_link, no_recording, other_window, background, masked, not_recorded, mutations_dropped, no_text or
	// uncertain.
	Reason string
	// AskedMS is when the user asked: the click, key or other input that led to the request. If there is none, it is when the question appeared on the
	// page.
	AskedMS int64
	// FirstWordsMS and LastWordsMS are when the first and the last shown words of the answer became part of the visible page.
	FirstWordsMS, LastWordsMS int64
	// Stalls are times of two seconds or more without new words between the first and the last words.
	Stalls []TimeSpan
	// WaitMS is the perceived wait: from asking to the first words; -1 when one of them is unknown, and for a call that continues an answer whose first
	// words were shown before.
	WaitMS int64
	// Smoothness is the share, 0 to 1, of the reading time in which new words arrived early enough for a reader of five words a second; -1 when
	// unknown.
	Smoothness float64
	// Share is the share, 0 to 1, of the answer's characters that were inside the viewport at any time; -1 when unknown.
	Share float64
	// ShareUncertainty is how wrong Share may be: 0 where the probe says it.
	ShareUncertainty float64
	// UncertaintyMS is the possible error of the times.
	UncertaintyMS int64
	// Node is the recorder's number of the element that showed the answer, 0 for none.
	Node int64
}

// TimeSpan is the time from FromMS to ToMS, in Unix milliseconds.
type TimeSpan struct {
	FromMS int64 `json:"from_ms"`
	ToMS   int64 `json:"to_ms"`
}

// Kinds of Signal.
const (
	SignalCopied       = "copied"
	SignalSelected     = "selected"
	SignalFollowedLink = "followed_link"
	SignalRetried      = "retried"
	SignalAskedAgain   = "asked_again"
	SignalRaged        = "raged"
	SignalDeadClick    = "dead_click"
	SignalScrolledAway = "scrolled_away"
	SignalSwitchedAway = "switched_away"
	SignalReloaded     = "reloaded"
	SignalStopped      = "stopped"
	SignalLeft         = "left"
	SignalThumbsUp     = "thumbs_up"
	SignalThumbsDown   = "thumbs_down"
	SignalThanked      = "thanked"
	SignalComplained   = "complained"
	SignalWentOn       = "went_on"
)

// SignalKinds are all kinds. Stored rows depend on their order: new kinds are added at the end.
var SignalKinds = []string{
	SignalCopied, SignalSelected, SignalFollowedLink, SignalRetried, SignalAskedAgain, SignalRaged, SignalDeadClick, SignalScrolledAway, SignalSwitchedAway,
	SignalReloaded, SignalStopped, SignalLeft, SignalThumbsUp, SignalThumbsDown, SignalThanked, SignalComplained, SignalWentOn,
}

// SignalBits returns a set with one bit for each of the given kinds, by its index in SignalKinds. Unknown kinds have no bit.
func SignalBits(kinds ...string) (bits int64) {
	for _, kind := range kinds {
		for i, k := range SignalKinds {
			if k == kind {
				bits |= 1 << i
			}
		}
	}
	return bits
}

// IsReacted reports whether the user's reaction is known. A user who did nothing counts as a known reaction.
func (x *Experience) IsReacted() bool {
	return len(x.Reaction.Signals) > 0 || x.Seen.State != "" && !(x.Seen.State == SeenUnknown && slices.Contains(Unwatched, x.Seen.Reason))
}

// Reaction is what a user did about an answer while waiting for it and afterwards. Its score is not stored, because it depends on weights that may
// change.
type Reaction struct {
	// Signals are in the order of their times.
	Signals []Signal
}

// Bits returns the SignalBits of its kinds of signals.
func (r *Reaction) Bits() (bits int64) {
	for i := range r.Signals {
		bits |= SignalBits(r.Signals[i].Kind)
	}
	return bits
}

// ScoreOf returns the score of a reaction from the bits of its kinds: the sum of their weights, from -1 (hurt) to 1 (loved); 0 without signals. Weights
// are in millionths, by the indexes in SignalKinds. They are integers so that every engine computes the same sums.
func ScoreOf(bits int64, weights []int64) float64 {
	sum := int64(0)
	for i, w := range weights {
		sum += w * (bits >> i & 1)
	}
	return float64(max(-WholeScore, min(WholeScore, sum))) / WholeScore
}

// WholeScore is the score 1 in millionths.
const WholeScore = 1_000_000

// Signal is one thing that a user did about an answer.
type Signal struct {
	Kind string `json:"kind"`
	// AtMS is its time, in Unix milliseconds of the browser's clock.
	AtMS int64 `json:"at_ms"`
	// Detail is a sentence about it.
	Detail string `json:"detail"`
}
