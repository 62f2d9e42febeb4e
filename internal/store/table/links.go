package table

import "github.com/playheadhq/playhead/internal/model"

// Links are derived: they are not exported, and a row replaces the one with the same key.
var Links = newTable(Table[model.Link]{
	Name: "links",
	Key:  []string{"project", "trace_id", "uuid", "rules"},
	Sort: []string{"project", "trace_id", "uuid", "rules"},
	Columns: []Column[model.Link]{
		{Name: "project", Hint: Few, At: func(l *model.Link) any { return &l.Project }},
		{Name: "trace_id", At: func(l *model.Link) any { return &l.TraceID }},
		{Name: "uuid", At: func(l *model.Link) any { return &l.UUID }},
		{Name: "rules", At: func(l *model.Link) any { return &l.Rules }},
		{Name: "time_ms", Hint: Near, At: func(l *model.Link) any { return &l.TimeMS }},
		{Name: "received_ms", Hint: Near, At: func(l *model.Link) any { return &l.ReceivedMS }},
		{Name: "state", Hint: Few, At: func(l *model.Link) any { return &l.State }},
		{Name: "method", Hint: Few, At: func(l *model.Link) any { return &l.Method }},
		{Name: "reason", Hint: Few, At: func(l *model.Link) any { return &l.Reason }},
		{Name: "clamped", Hint: Few, At: func(l *model.Link) any { return &l.Clamped }},
		{Name: "session_id", At: func(l *model.Link) any { return &l.SessionID }},
		{Name: "window_id", At: func(l *model.Link) any { return &l.WindowID }},
		{Name: "start_ms", Hint: Near, At: func(l *model.Link) any { return &l.StartMS }},
		{Name: "moment_ms", Hint: Near, At: func(l *model.Link) any { return &l.MomentMS }},
		{Name: "detail", Hint: Few, At: func(l *model.Link) any { return &l.Detail }},
		{Name: "confidence", At: func(l *model.Link) any { return &l.Confidence }},
		{Name: "clock_offset_ms", At: func(l *model.Link) any { return &l.ClockOffsetMS }},
		{Name: "clock_uncertainty_ms", At: func(l *model.Link) any { return &l.ClockUncertaintyMS }},
		{Name: "candidates", At: func(l *model.Link) any { return &l.Candidates }},
		{Name: "person", At: func(l *model.Link) any { return &l.Person }},
		{Name: "derived_ms", Hint: Near, At: func(l *model.Link) any { return &l.DerivedMS }},
		{Name: "again_ms", Hint: Near, At: func(l *model.Link) any { return &l.AgainMS }},
	},
})
