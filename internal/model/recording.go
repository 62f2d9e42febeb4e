package model

import "github.com/google/uuid"

// Block is the index row of one stored run of one window's rrweb events: the content of one $snapshot event.
type Block struct {
	Project    string
	UUID       uuid.UUID // of the $snapshot event
	SessionID  string
	WindowID   string
	DistinctID string
	ReceivedMS int64
	// SentMS is the browser's clock when it sent the block; 0 if unknown. If that clock was impossible, it is corrected like the times of the events.
	SentMS int64
	// FirstMS and LastMS are the earliest and latest time of its rrweb events, which are sorted inside the block.
	FirstMS int64
	LastMS  int64
	// Location is where its bytes lie.
	Location Location
	// RawBytes is the length of its decoded JSON lines.
	RawBytes int64
	Events   int32
	Clicks   int32
	Keys     int32 // input events
	// FirstInputMS and LastInputMS are the first and last time of user input (click, key, scroll, touch, move).
	FirstInputMS int64
	LastInputMS  int64
	// ConsoleErrors counts console plugin events of level error.
	ConsoleErrors int32
	// DroppedMutations and OversizedMutations count the page changes that the recorder left out: too many at once, or too large.
	DroppedMutations, OversizedMutations int32
	// Snapshots are its full snapshots in time order.
	Snapshots []Snapshot
	// URL is the first page address in it, "" when none.
	URL string
}

// Snapshot is the position of one full snapshot inside a block.
type Snapshot struct {
	AtMS int64
	// Line is the line (0-based) in the decoded block from which replaying may start: the Meta event before the snapshot if there is one, otherwise the
	// snapshot.
	Line int32
}

// Location is where bytes lie in the blocks store.
type Location struct {
	Key    string
	Offset int64
	Length int64
}

// Recording is what the index says about a session's recording, without reading its blocks.
type Recording struct {
	SessionID  string
	DistinctID string
	Windows    []Window // by FirstMS
	// Uploads are the requests that sent its blocks, by ReceivedMS; only those whose SentMS is known.
	Uploads []Upload
}

// Window is one tab's part of a recording.
type Window struct {
	ID      string
	FirstMS int64
	LastMS  int64
	// FirstSnapshotMS is the time of the first full snapshot; before it nothing can be shown. 0 when there is none.
	FirstSnapshotMS int64
	Clicks          int64
	Keys            int64
	// InputsMS are times of user input in this window, ascending: the first and last of each block.
	InputsMS []int64
}
