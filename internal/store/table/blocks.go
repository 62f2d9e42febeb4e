package table

import "github.com/playheadhq/playhead/internal/model"

// Blocks are the index of recordings. The session ids of posthog-js begin with the time, so in the order of sessions, blocks are near those that were
// recorded at the same time.
var Blocks = newTable(Table[model.Block]{
	Name: "blocks",
	Key:  []string{"project", "uuid"},
	Sort: []string{"project", "session_id", "uuid"}, Month: "first_ms",
	Columns: []Column[model.Block]{
		{Name: "project", Hint: Few, At: func(b *model.Block) any { return &b.Project }},
		{Name: "uuid", At: func(b *model.Block) any { return &b.UUID }},
		{Name: "session_id", At: func(b *model.Block) any { return &b.SessionID }},
		{Name: "window_id", At: func(b *model.Block) any { return &b.WindowID }},
		{Name: "distinct_id", At: func(b *model.Block) any { return &b.DistinctID }},
		{Name: "received_ms", Hint: Near, At: func(b *model.Block) any { return &b.ReceivedMS }},
		{Name: "sent_ms", Hint: Near, At: func(b *model.Block) any { return &b.SentMS }},
		{Name: "first_ms", Hint: Near, At: func(b *model.Block) any { return &b.FirstMS }},
		{Name: "last_ms", Hint: Near, At: func(b *model.Block) any { return &b.LastMS }},
		{Name: "raw_bytes", At: func(b *model.Block) any { return &b.RawBytes }},
		{Name: "events", At: func(b *model.Block) any { return &b.Events }},
		{Name: "clicks", At: func(b *model.Block) any { return &b.Clicks }},
		{Name: "keys", At: func(b *model.Block) any { return &b.Keys }},
		{Name: "first_input_ms", Hint: Near, At: func(b *model.Block) any { return &b.FirstInputMS }},
		{Name: "last_input_ms", Hint: Near, At: func(b *model.Block) any { return &b.LastInputMS }},
		{Name: "console_errors", At: func(b *model.Block) any { return &b.ConsoleErrors }},
		{Name: "dropped_mutations", At: func(b *model.Block) any { return &b.DroppedMutations }},
		{Name: "oversized_mutations", At: func(b *model.Block) any { return &b.OversizedMutations }},
		{Name: "url", At: func(b *model.Block) any { return &b.URL }},
		// The next two are lists of equal length.
		{Name: "snapshot_ms", At: func(b *model.Block) any { return (*snapshotTimes)(&b.Snapshots) }},
		{Name: "snapshot_line", At: func(b *model.Block) any { return (*snapshotLines)(&b.Snapshots) }},
		{Name: "location_key", At: func(b *model.Block) any { return &b.Location.Key }},
		{Name: "location_offset", At: func(b *model.Block) any { return &b.Location.Offset }},
		{Name: "location_length", At: func(b *model.Block) any { return &b.Location.Length }},
	},
})

// snapshotTimes is the AtMS of snapshots as a column.
type snapshotTimes []model.Snapshot

// Int64s implements Int64List.
func (s *snapshotTimes) Int64s() []int64 {
	all := make([]int64, len(*s))
	for i := range *s {
		all[i] = (*s)[i].AtMS
	}
	return all
}

// SetInt64s implements Int64List.
func (s *snapshotTimes) SetInt64s(all []int64) {
	*s = resized(*s, len(all))
	for i, at := range all {
		(*s)[i].AtMS = at
	}
}

// snapshotLines is the Line of snapshots as a column.
type snapshotLines []model.Snapshot

// Int32s implements Int32List.
func (s *snapshotLines) Int32s() []int32 {
	all := make([]int32, len(*s))
	for i := range *s {
		all[i] = (*s)[i].Line
	}
	return all
}

// SetInt32s implements Int32List.
func (s *snapshotLines) SetInt32s(all []int32) {
	*s = resized(*s, len(all))
	for i, line := range all {
		(*s)[i].Line = line
	}
}

// resized keeps the values that the other column of the pair has set.
func resized[S ~[]model.Snapshot](s S, n int) S {
	if len(s) == n {
		return s
	}
	if n == 0 {
		return nil
	}
	return make(S, n)
}
