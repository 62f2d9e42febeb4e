package table

import "github.com/playheadhq/playhead/internal/model"

// Identities are facts about people. One event may bring several, so its uuid is not a key.
var Identities = newTable(Table[model.Identity]{
	Name: "identities",
	Key:  []string{"project", "uuid", "id", "other_id"},
	Sort: []string{"project", "id", "other_id", "uuid"},
	Columns: []Column[model.Identity]{
		{Name: "project", Hint: Few, At: func(i *model.Identity) any { return &i.Project }},
		{Name: "uuid", At: func(i *model.Identity) any { return &i.UUID }},
		{Name: "time_ms", Hint: Near, At: func(i *model.Identity) any { return &i.TimeMS }},
		{Name: "id", At: func(i *model.Identity) any { return &i.ID }},
		{Name: "other_id", At: func(i *model.Identity) any { return &i.OtherID }},
		{Name: "name", At: func(i *model.Identity) any { return &i.Name }},
		{Name: "email", At: func(i *model.Identity) any { return &i.Email }},
	},
})
