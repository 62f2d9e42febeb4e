// Package link finds the recorded session in which the user waited for an LLM call, and the moment in its recording. Its functions are pure. The call
// or the recording may arrive first, late or never; package derive calls them again whenever one of them arrives.
//
// There are two steps, so that a page of rows needs one read of the storage: Choose* determines the session of an event or trace; Resolve determines
// what can be opened, given what was recorded of that session.
package link

import (
	"net/url"
	"strconv"
	"time"

	"github.com/playheadhq/playhead/internal/address"
	"github.com/playheadhq/playhead/internal/link/clock"
	"github.com/playheadhq/playhead/internal/model"
)

// State is whether a link can be opened.
type State string

// States.
const (
	// Linked: there is a recording to open.
	Linked State = "linked"
	// Pending: there is a session id, and its recording may still arrive.
	Pending State = "pending"
	// None: nothing can be opened; Reason is why.
	None State = "none"
)

// Method is how the session was found.
type Method string

// Methods.
const (
	// Exact: the event itself has the session id. For a trace: one of its calls or spans has it.
	Exact Method = "exact"
	// Inherited: another event of the trace has it.
	Inherited Method = "inherited"
	// Feedback: only feedback or a metric about the trace has it, which the browser sent.
	Feedback Method = "feedback"
	// Attribute: an event of the trace has it in a property with another name.
	Attribute Method = "attribute"
	// Request: a request in the recording carried the id of the trace, or was made to the backend's address and enclosed the trace.
	Request Method = "request"
	// Screen: the question or the answer was on the screen of exactly one recording at that time.
	Screen Method = "screen"
	// ByPerson: it is the only recording of the same person at that time.
	ByPerson Method = "person"
)

// confidences are the usual confidences of methods. Those of Screen and ByPerson depend on the evidence, see Recognize.
var confidences = map[Method]float64{Exact: 1, Inherited: 0.98, Feedback: 0.97, Attribute: 0.95, Request: 0.99, Screen: 0.9, ByPerson: 0.6}

// explained are sentences about how the session was found.
var explained = map[Method]string{
	Exact:     "The id of the session was sent with it.",
	Inherited: "The id of the session was sent with another event of its trace.",
	Feedback:  "The session is that of the feedback that the browser sent about this trace.",
	Attribute: "The session is named by another property of the trace.",
	Request:   "A request in this recording carried the id of the trace.",
	Screen:    "The words of the question or the answer were on the screen of this recording at that time, and of no other.",
	ByPerson:  "It is the only recording of the same person at that time.",
}

// How Request found a session without an id of the trace.
const (
	requestAmong = "The words were on several screens, but only this recording has a request to the same address that was going on during the trace and took as long."
	requestOf    = "The same person has several recordings, but only this one has a request to the same address that was going on during the trace and took as long."
	requestAlone = "Only this recording has a request to the same address that was going on during the trace and took as long. Its texts, or those of the trace, were not sent."
)

// Reason is why nothing can be opened.
type Reason string

// Reasons.
const (
	NoSessionID         Reason = "no_session_id"
	NoRecordingYet      Reason = "no_recording_yet"
	RecordingNotStarted Reason = "recording_not_started"
	NoRecording         Reason = "no_recording"
	// Ambiguous: several recordings are equally likely.
	Ambiguous Reason = "ambiguous"
)

// Clamp is whether the call began before or after the recording.
type Clamp string

// Clamps.
const (
	ClampBefore Clamp = "before"
	ClampAfter  Clamp = "after"
)

// How long to wait for data.
const (
	// DefaultLead is the time between the moment and the start of the call: long enough to see the user ask.
	DefaultLead = 5 * time.Second
	// PendingFor is how long after an event was received its recording may still arrive. Browsers retry for about half an hour; a laptop that was
	// closed overnight sends its data in the morning.
	PendingFor = 24 * time.Hour
	// UsualFor is the longest time that a recording needs to arrive if nothing is wrong: posthog-js sends within seconds after the first click or
	// key, and retries for some minutes after a failure.
	UsualFor = 10 * time.Minute
	// AgainFor is how long after an event was received a trace without a session is derived once more.
	AgainFor = 2 * time.Minute
	// StartupFor is how long a browser's statement that it does not record is ignored. posthog-js sends "disabled" with the first events of every
	// page, before its configuration has arrived.
	StartupFor = time.Minute
)

// Link says where in a recording the user was. Zero fields are unknown.
type Link struct {
	State  State
	Method Method
	// Reason is set when State is not Linked.
	Reason Reason
	// Detail says how the session was found and, if State is Linked, anything unusual about the moment, otherwise why nothing can be opened and what to do
	// about it.
	Detail    string
	SessionID string
	WindowID  string
	// Confidence is how certain it is that this is the right session, from 0 to 1. It is set if there is a session.
	Confidence float64
	// Candidates are set if Reason is Ambiguous.
	Candidates Candidates
	// MomentMS is where playback starts, by the browser's clock. It is set if State is Linked.
	MomentMS int64
	// AskedUncertaintyMS is set if MomentMS follows from when the recording shows that the user asked: the possible error of that time.
	AskedUncertaintyMS int64
	// StartMS is when the call began, by its sender's clock.
	StartMS int64
	// Clock is by how much the browser's clock was ahead of the sender's.
	Clock   clock.Offset
	Clamped Clamp
}

// Source is what a moment follows from.
type Source string

// Sources.
const (
	// FromAsking: the recording shows when the user asked.
	FromAsking Source = "asked"
	// FromCall: it is not known when the user asked, so the moment follows from the start of the call and from the difference of both clocks.
	FromCall Source = "call"
)

// Asked returns the link with a moment that follows from when the recording shows that the user asked, which is better than when the call began.
func (l Link) Asked(momentMS, uncertaintyMS int64) Link {
	l.MomentMS, l.AskedUncertaintyMS = momentMS, uncertaintyMS
	return l
}

// Moment returns what the moment follows from, and the possible error that it has from there; 0 if that is not known. Source is "" without a moment.
func (l Link) Moment() (Source, int64) {
	switch {
	case l.State != Linked:
		return "", 0
	case l.AskedUncertaintyMS > 0:
		return FromAsking, l.AskedUncertaintyMS
	}
	return FromCall, l.Clock.UncertaintyMS
}

// URL is the address of the page that opens the replay at the moment, or "" if there is nothing to open. project is as in address.Session.
func (l Link) URL(project string) string {
	if l.State != Linked {
		return ""
	}
	q := url.Values{"t": {strconv.FormatInt(l.MomentMS, 10)}}
	if l.WindowID != "" {
		q.Set("window", l.WindowID)
	}
	return address.Session(l.SessionID, project, q)
}

// Evidence is what is known about the chosen session.
type Evidence struct {
	// Recording is nil if no block has arrived.
	Recording *model.Recording
	// Status is the last $recording_status that the browser sent, or "".
	Status string
	NowMS  int64
	// LeadMS is the time between the moment and the start of the call.
	LeadMS int64
}

// ChangesMS is the time at which a link changes only because time passes, without new data. 0 means never. A trace without a session is derived once
// more, because another server may have stored its recording at the same time.
func ChangesMS(c Choice, l Link, nowMS int64) int64 {
	switch {
	case l.State == None && l.SessionID == "" && nowMS-c.ReceivedMS < AgainFor.Milliseconds():
		return c.ReceivedMS + AgainFor.Milliseconds()
	case l.State != Pending:
		return 0
	case l.Reason == RecordingNotStarted:
		return c.ReceivedMS + StartupFor.Milliseconds()
	case nowMS-c.ReceivedMS < AgainFor.Milliseconds():
		return c.ReceivedMS + AgainFor.Milliseconds() // it may have happened in a frame whose recording came before this server knew of frames
	case nowMS-c.ReceivedMS < UsualFor.Milliseconds():
		return c.ReceivedMS + UsualFor.Milliseconds() // then the text of a pending link changes
	}
	return c.ReceivedMS + PendingFor.Milliseconds()
}
