package table

import "github.com/playheadhq/playhead/internal/model"

// Activity is derived from recordings: it is not exported, and a row replaces the one with the same key. The rows of a session are stored together,
// like its blocks.
var Activity = newTable(Table[model.Activity]{
	Name: "activity",
	Key:  []string{"project", "uuid", "position", "rules"},
	Sort: []string{"project", "session_id", "uuid", "position", "rules"}, Month: "time_ms",
	Columns: []Column[model.Activity]{
		{Name: "project", Hint: Few, At: func(a *model.Activity) any { return &a.Project }},
		{Name: "uuid", At: func(a *model.Activity) any { return &a.UUID }},
		{Name: "position", Hint: Near, At: func(a *model.Activity) any { return &a.Position }},
		{Name: "rules", At: func(a *model.Activity) any { return &a.Rules }},
		{Name: "session_id", At: func(a *model.Activity) any { return &a.SessionID }},
		{Name: "window_id", At: func(a *model.Activity) any { return &a.WindowID }},
		{Name: "time_ms", Hint: Near, At: func(a *model.Activity) any { return &a.TimeMS }},
		{Name: "received_ms", Hint: Near, At: func(a *model.Activity) any { return &a.ReceivedMS }},
		{Name: "at_ms", Hint: Near, At: func(a *model.Activity) any { return &a.AtMS }},
		{Name: "end_ms", Hint: Near, At: func(a *model.Activity) any { return &a.EndMS }},
		{Name: "kind", Hint: Few, At: func(a *model.Activity) any { return &a.Kind }},
		{Name: "label", At: func(a *model.Activity) any { return &a.Label }},
		{Name: "detail", At: func(a *model.Activity) any { return &a.Detail }},
		{Name: "page", At: func(a *model.Activity) any { return &a.Page }},
		{Name: "node", At: func(a *model.Activity) any { return &a.Node }},
		{Name: "status", At: func(a *model.Activity) any { return &a.Status }},
		{Name: "first_byte_ms", At: func(a *model.Activity) any { return &a.FirstByteMS }},
		{Name: "dead", At: func(a *model.Activity) any { return &a.Dead }},
		{Name: "rage", At: func(a *model.Activity) any { return &a.Rage }},
		{Name: "failed", At: func(a *model.Activity) any { return &a.Failed }},
		{Name: "derived_ms", Hint: Near, At: func(a *model.Activity) any { return &a.DerivedMS }},
	},
})
