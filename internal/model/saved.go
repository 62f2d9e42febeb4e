package model

import "github.com/google/uuid"

// Saved is what people keep in a project, as it was at one time. Rows are added and never changed: of the rows of one ID the latest says
// what it is, and a row that says it is gone holds for ever, whatever the clocks of servers say.
type Saved struct {
	Project string
	// UUID names the row, and ID what it is about.
	UUID uuid.UUID
	ID   uuid.UUID
	Kind string
	AtMS int64
	Gone bool
	// Body is what it is, as JSON.
	Body string
}

// Kinds of what is kept.
const (
	SavedView  = "view"
	SavedShare = "share"
)
