package model

import "github.com/google/uuid"

// Saved is one row about an item that people keep in a project. Rows are added and never changed. The latest row of an ID is valid; but once a row says
// Gone, the item stays gone, whatever the clocks of servers say.
type Saved struct {
	Project string
	// UUID is the id of the row, and ID the id of the item.
	UUID uuid.UUID
	ID   uuid.UUID
	Kind string
	AtMS int64
	Gone bool
	// Body is the item as JSON.
	Body string
}

// Kinds of saved items.
const (
	SavedView  = "view"
	SavedShare = "share"
)
