package ingest

import (
	"strings"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// appendIdentities appends what an event says of who its person is: that two ids are one person's, and their name and
// address.
func appendIdentities(pace *rawjson.Pace, dst []model.Identity, e *model.Event, in *model.Incoming, f *fields) []model.Identity {
	id := model.Identity{Project: e.Project, UUID: e.UUID, TimeMS: e.TimeMS, ID: e.DistinctID}
	named := false
	switch e.Name {
	case "$identify":
		id.OtherID = scalar(f.anonID, maxID)
		named = true // that the id was identified is a fact by itself
	case "$create_alias", "$merge_dangerously":
		id.OtherID = scalar(f.alias, maxID)
	}
	if id.OtherID == id.ID {
		id.OtherID = ""
	}
	// What was set goes before what is set unless it is there.
	for _, set := range [...][]byte{in.Set, f.set, in.SetOnce, f.setOnce} {
		name, email := personProperties(pace, set)
		if id.Name == "" {
			id.Name = name
		}
		if id.Email == "" {
			id.Email = email
		}
	}
	if !named && id.OtherID == "" && id.Name == "" && id.Email == "" {
		return dst
	}
	return append(dst, id)
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
	if name = scalar(full, maxName); name == "" {
		name = strings.TrimSpace(scalar(first, maxName) + " " + scalar(last, maxName))
	}
	if name == "" {
		name = scalar(user, maxName)
	}
	return strings.TrimSpace(name), strings.TrimSpace(scalar(address, maxName))
}
