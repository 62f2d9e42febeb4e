package model

import "github.com/google/uuid"

// ClueRules is the version of the rules in package link/words, which make clues. It must be raised when they change. A new kind of clue
// needs no new version: what was read before does not have it, and its other clues remain.
const ClueRules = 1

// Clue is a run of words or an id by which a trace and the recording of the person who asked can be matched without a session id. A clue found in both
// has the same hash in both. Project, Hash, UUID and Rules are its key.
type Clue struct {
	Project string
	Hash    int64
	// UUID is the block's, or that of the first event of a trace.
	UUID  uuid.UUID
	Rules int32
	// TraceID is the trace that has the clue; SessionID and WindowID are "" then. Otherwise they say whose recording has the clue.
	TraceID, SessionID, WindowID string
	// AtMS and EndMS are the first and last time of the clue, by the server's clock: when words were shown, or when a trace began and ended.
	AtMS, EndMS int64
	// TimeMS determines its age for retention. ReceivedMS is when the data in which it was found were received.
	TimeMS, ReceivedMS int64
	// DerivedMS is when the data in which it was found were read.
	DerivedMS int64
}

// Upload is one request of a client: when it was sent by the client's clock, and when it had arrived by the server's.
type Upload struct{ SentMS, ReceivedMS int64 }
