package model

import "github.com/google/uuid"

// ActivityRules is the version of the rules that package activity holds. Whoever changes what they answer raises it: rows are stored under
// it, and what was derived by other rules is derived again.
const ActivityRules = 3

// Kinds of Activity, which are those of the API too.
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

// DetailReload is the detail of a navigation to the address that the window had before, in a new page.
const DetailReload = "reload"

// Activity is one thing that happened in a window, as package activity derives it of a block. Project, UUID, Position and Rules are its key.
// Which keys a block has follows from the block alone, so that a block that is derived again writes the same ones, and none is left over.
type Activity struct {
	Project string
	// UUID is the block's.
	UUID uuid.UUID
	// Position is that of the event in the block, see package activity; BlockPosition for the row about the block as a whole.
	Position            int64
	Rules               int32
	SessionID, WindowID string
	// TimeMS and ReceivedMS are the block's LastMS, by which it grows old, and ReceivedMS.
	TimeMS, ReceivedMS int64
	// AtMS is when it began, by the browser's clock, and EndMS when it ended: the same of what takes no time.
	AtMS, EndMS int64
	// Kind is one of the kinds. "" is nothing to show: the row about a block, or an address that did not change.
	Kind string
	// Label is what a person calls it: the label of what was clicked, the line of a console, "GET /path", an address. Of a block that cannot
	// be read it is the reason.
	Label string
	// Detail is what the kind says beside it: what was clicked, how many keys, a console's level. Of a block it is the size of the page at its
	// end, "1280x720", "" where it does not say.
	Detail string
	// Page is the address of the page on which it happened.
	Page string
	// Node is the recorder's number of the element, 0 for none.
	Node int64
	// Status is a request's, 0 for one that failed without an answer; -1 of all else.
	Status int32
	// FirstByteMS is when the answer to a request of a script began to arrive: 0 where the browser does not say, as of another origin without
	// Timing-Allow-Origin; -1 of all else. EndMS is when its last byte arrived.
	FirstByteMS int64
	// Dead says of a click that nothing followed it, Rage that it is the third within a second on one spot. Failed says of a request or a
	// console line that it is an error.
	Dead, Rage, Failed bool
	// DerivedMS is when what it is derived of was read. Of two rows of one key the one derived later is right.
	DerivedMS int64
}

// BlockPosition is the position of the row about a block as a whole. It says that the activity of the block was derived.
const BlockPosition = -1
