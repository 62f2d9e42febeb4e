package posthog

import (
	"strings"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// identities returns what an event says about its person: that two ids belong to one person, and the person's name and email address.
func identities(pace *rawjson.Pace, in *incoming, who string, f *known) []model.Identity {
	id := model.Identity{ID: who}
	named := false
	switch in.name {
	case "$identify":
		id.OtherID = scalar(f.anonID, model.MaxID)
		named = true // that the id is identified is a fact on its own
	case "$create_alias", "$merge_dangerously":
		id.OtherID = scalar(f.alias, model.MaxID)
	}
	if id.OtherID == id.ID {
		id.OtherID = ""
	}
	// $set has priority over $set_once.
	for _, set := range [...][]byte{in.set, f.set, in.setOnce, f.setOnce} {
		name, email := personProperties(pace, set)
		if id.Name == "" {
			id.Name = name
		}
		if id.Email == "" {
			id.Email = email
		}
	}
	if !named && id.OtherID == "" && id.Name == "" && id.Email == "" {
		return nil
	}
	return []model.Identity{id}
}

func personProperties(pace *rawjson.Pace, set []byte) (name, email string) {
	var full, first, last, user, address []byte
	for key, v := range pace.Members(set) {
		switch string(key) {
		case "name", "$name", "full_name", "fullName":
			full = v
		case "first_name", "firstName":
			first = v
		case "last_name", "lastName":
			last = v
		case "username":
			user = v
		case "email", "$email":
			address = v
		}
	}
	if name = scalar(full, model.MaxName); name == "" {
		name = strings.TrimSpace(scalar(first, model.MaxName) + " " + scalar(last, model.MaxName))
	}
	if name == "" {
		name = scalar(user, model.MaxName)
	}
	return strings.TrimSpace(name), strings.TrimSpace(scalar(address, model.MaxName))
}
