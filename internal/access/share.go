package access

import (
	"time"

	"github.com/google/uuid"
)

// Share is what a guest with a link, but without an account, may see: one trace.
type Share struct {
	// ID is the id of the row that says that the link was created, and of a later one that says that it was withdrawn.
	ID      uuid.UUID
	Project string
	TraceID string
	// Ends is when the link expires, to the second.
	Ends time.Time
}
