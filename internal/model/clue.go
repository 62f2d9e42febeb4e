package model

import "github.com/google/uuid"

// ClueRules is the version of the rules in package link/words, by which clues are made. Whoever changes what they answer raises it.
const ClueRules = 1

// Clue is something by which a trace and the recording of the person who asked can be recognized without a session id: a run of words, an id. What
// both have has the same hash. Project, Hash, UUID and Rules are its key.
type Clue struct {
	Project string
	Hash    int64
	// UUID is that of a block, or of the first event of a trace.
	UUID  uuid.UUID
	Rules int32
	// TraceID is the trace that has the clue. SessionID and WindowID are "" then: they say whose recording has it.
	TraceID, SessionID, WindowID string
	// AtMS and EndMS are when it was there first and last, by the server's clock: when words were shown, when a trace began and ended.
	AtMS, EndMS int64
	// TimeMS determines its age for retention, and ReceivedMS is when what it was found in was received.
	TimeMS, ReceivedMS int64
	// DerivedMS is when what it was found in was read.
	DerivedMS int64
}

// Upload is one request of a client: when it was sent by the client's clock, and when it had arrived by the server's.
type Upload struct{ SentMS, ReceivedMS int64 }
