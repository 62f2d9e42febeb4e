package model

import "github.com/google/uuid"

// ActivityRules is the version of the rules in package activity. It must be raised when their results change: rows are stored with it, and activity of
// other versions is derived again.
const ActivityRules = 4

// Kinds of Activity. The API uses the same names.
const (
	ActivityClick      = "click"
	ActivityKey        = "key"
	ActivityInput      = "input"
	ActivityScroll     = "scroll"
	ActivityCopy       = "copy"
	ActivitySelection  = "selection"
	ActivityNavigation = "navigation"
	ActivityTabHidden  = "tab_hidden"
	ActivityTabVisible = "tab_visible"
	ActivityConsole    = "console"
	ActivityRequest    = "request"
	ActivityPageError  = "page_error"
	ActivityFeedback   = "feedback"
	ActivityCustom     = "custom"
	ActivityRageClick  = "rage_click"
	ActivityDeadClick  = "dead_click"
)

// LostUpload is the label of a row about a block that shows that an upload before it was lost. AtMS and EndMS are the times between which it was.
const LostUpload = "lost_upload"

// DetailReload is the detail of a navigation to the address that the window had before, in a new page.
const DetailReload = "reload"

// Activity is one thing that happened in a window, as package activity derives it from a block. Project, UUID, Position and Rules are its key. The keys
// depend only on the block: deriving a block again writes the same keys, so no old row remains.
type Activity struct {
	Project string
	// UUID is the block's.
	UUID uuid.UUID
	// Position is the position of the event in the block, see package activity. It is BlockPosition for the row about the block as a whole.
	Position            int64
	Rules               int32
	SessionID, WindowID string
	// TimeMS is the block's LastMS, which determines the age for retention. ReceivedMS is the block's ReceivedMS.
	TimeMS, ReceivedMS int64
	// AtMS is when it began and EndMS when it ended, by the browser's clock. They are equal if it took no time.
	AtMS, EndMS int64
	// Kind is one of the kinds above. It is "" if there is nothing to show: for the row about a block, or for an address that did not change.
	Kind string
	// Label is how a person would call it: the label of the clicked element, the line of a console, "GET /path", an address. For a block that cannot be
	// read, it is the reason; see also LostUpload.
	Label string
	// Detail adds what is specific to the kind: the role of the clicked element, the number of keys, the level of a console line. For a block it is the
	// size of the page at its end, "1280x720"; "" if the block does not say.
	Detail string
	// Page is the address of the page on which it happened.
	Page string
	// Node is the recorder's number of the element, 0 for none.
	Node int64
	// Status is the HTTP status of a request, 0 if the request failed without an answer; -1 for all other kinds.
	Status int32
	// FirstByteMS is when the answer to a script's request began to arrive. It is 0 if the browser does not tell, as for another origin without
	// Timing-Allow-Origin; -1 for all other kinds. EndMS is when the last byte arrived.
	FirstByteMS int64
	// Dead means that nothing happened after a click. Rage means that it is the third click within a second on one spot. Failed means that a request or
	// a console line is an error.
	Dead, Rage, Failed bool
	// DerivedMS is when the source data were read. Of two rows with one key, the one derived later is right.
	DerivedMS int64
}

// BlockPosition is the position of the row about a block as a whole. This row records that the activity of the block was derived.
const BlockPosition = -1
