// Package link finds the recorded session in which the user of an LLM call was waiting, and the moment of it. Pure
// functions over model values: either side may come first, late or never, and package derive asks again whenever one of them comes.
//
// It goes in two steps so that a whole page of rows needs one look at the store: Choose* says which session an event
// or trace belongs to, Resolve says what can be opened, given what is recorded of that session.
package link

import (
	"net/url"
	"strconv"
	"time"

	"github.com/playheadhq/playhead/internal/address"
	"github.com/playheadhq/playhead/internal/model"
)

// State says what can be done with a link.
type State string

// States.
const (
	// Linked: there is a recording to open.
	Linked State = "linked"
	// Pending: there is a session id and its recording may still arrive.
	Pending State = "pending"
	// None: nothing can be opened; Reason says why.
	None State = "none"
)

// Method says how the session was found.
type Method string

// Methods.
const (
	// Exact: the event itself carries the session id; of a trace, one of its calls or steps does.
	Exact Method = "exact"
	// Inherited: another event of the trace carries it; of a trace, only a feedback or metric does.
	Inherited Method = "inherited"
)

// Reason says why there is nothing to open.
type Reason string

// Reasons.
const (
	NoSessionID         Reason = "no_session_id"
	NoRecordingYet      Reason = "no_recording_yet"
	RecordingNotStarted Reason = "recording_not_started"
	NoRecording         Reason = "no_recording"
)

// Clamp says on which side of the recording the call began, when it began outside of it.
type Clamp string

// Clamps.
const (
	ClampBefore Clamp = "before"
	ClampAfter  Clamp = "after"
)

// How long things are waited for.
const (
	// DefaultLead is how long before the start of a call its moment lies: long enough to see the question being asked.
	DefaultLead = 5 * time.Second
	// PendingFor is how long after an event was received its recording may still arrive: browsers retry for about half
	// an hour, and a laptop closed over night sends the rest in the morning.
	PendingFor = 24 * time.Hour
	// StartupFor is how long a browser's word that it does not record is doubted. posthog-js says "disabled" on the
	// first events of every page, before its configuration has arrived.
	StartupFor = time.Minute
)

// Link is what is known of where the user was. Zero fields are not known.
type Link struct {
	State  State
	Method Method
	// Reason is set when State is not Linked.
	Reason Reason
	// Detail says the same for people, and what to do about it; for a linked one, what is unusual about the moment.
	Detail    string
	SessionID string
	WindowID  string
	// MomentMS is where to start playing; set when State is Linked.
	MomentMS int64
	// StartMS is when the call began.
	StartMS int64
	Clamped Clamp
}

// URL is the address of the page that opens the replay at the moment, "" when there is nothing to open. The project is that of
// address.Session.
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

// Evidence is what is known of the session that was chosen.
type Evidence struct {
	// Recording is nil when not one block has arrived.
	Recording *model.Recording
	// Status is the browser's last $recording_status, "" when it never said.
	Status string
	NowMS  int64
	// LeadMS is how long before the call's start the moment lies.
	LeadMS int64
}

// ChangesMS is when a link becomes another one because time has passed, although nothing arrives: 0 for never.
func ChangesMS(c Choice, l Link) int64 {
	switch {
	case l.State != Pending:
		return 0
	case l.Reason == RecordingNotStarted:
		return c.ReceivedMS + StartupFor.Milliseconds()
	}
	return c.ReceivedMS + PendingFor.Milliseconds()
}
