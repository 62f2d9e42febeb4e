package table

import "github.com/playheadhq/playhead/internal/model"

// Saved are saved views and links for guests: few rows, which are not dropped by age.
var Saved = newTable(Table[model.Saved]{
	Name: "saved",
	Key:  []string{"project", "uuid"},
	Sort: []string{"project", "kind", "id", "uuid"},
	Columns: []Column[model.Saved]{
		{Name: "project", Hint: Few, At: func(s *model.Saved) any { return &s.Project }},
		{Name: "uuid", At: func(s *model.Saved) any { return &s.UUID }},
		{Name: "id", At: func(s *model.Saved) any { return &s.ID }},
		{Name: "kind", Hint: Few, At: func(s *model.Saved) any { return &s.Kind }},
		{Name: "at_ms", At: func(s *model.Saved) any { return &s.AtMS }},
		{Name: "gone", At: func(s *model.Saved) any { return &s.Gone }},
		{Name: "body", At: func(s *model.Saved) any { return &s.Body }},
	},
})
