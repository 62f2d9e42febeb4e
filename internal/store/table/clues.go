package table

import "github.com/playheadhq/playhead/internal/model"

// Clues are derived: they are not exported, and a row replaces the one with the same key. They are looked up by hash.
var Clues = newTable(Table[model.Clue]{
	Name: "clues",
	Key:  []string{"project", "hash", "uuid", "rules"},
	Sort: []string{"project", "hash", "uuid", "rules"}, Month: "time_ms",
	Columns: []Column[model.Clue]{
		{Name: "project", Hint: Few, At: func(c *model.Clue) any { return &c.Project }},
		{Name: "hash", At: func(c *model.Clue) any { return &c.Hash }},
		{Name: "uuid", At: func(c *model.Clue) any { return &c.UUID }},
		{Name: "rules", At: func(c *model.Clue) any { return &c.Rules }},
		{Name: "trace_id", At: func(c *model.Clue) any { return &c.TraceID }},
		{Name: "session_id", At: func(c *model.Clue) any { return &c.SessionID }},
		{Name: "window_id", At: func(c *model.Clue) any { return &c.WindowID }},
		{Name: "at_ms", Hint: Near, At: func(c *model.Clue) any { return &c.AtMS }},
		{Name: "end_ms", Hint: Near, At: func(c *model.Clue) any { return &c.EndMS }},
		{Name: "time_ms", Hint: Near, At: func(c *model.Clue) any { return &c.TimeMS }},
		{Name: "received_ms", Hint: Near, At: func(c *model.Clue) any { return &c.ReceivedMS }},
		{Name: "derived_ms", Hint: Near, At: func(c *model.Clue) any { return &c.DerivedMS }},
	},
})
