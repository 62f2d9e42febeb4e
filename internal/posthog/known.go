package posthog

import (
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// known are the properties that mean something to Playhead, as they lie in the event; nil where absent. Of a property that
// is there twice the last one counts, as in JavaScript.
type known struct {
	distinctID, sessionID, windowID, url, recordingStatus, lib, libVersion, personProfile []byte
	set, setOnce, anonID, alias                                                           []byte
	snapshotData, snapshotItems                                                           []byte
	token, aiEnvironment, environment, sdkEnvironment                                     []byte
	ai                                                                                    knownAI
	// custom are those that mean nothing here.
	custom custom
}

// read takes the properties of an event apart.
func (f *known) read(pace *rawjson.Pace, properties []byte) {
	for key, v := range pace.Members(properties) {
		if len(key) > 4 && string(key[:4]) == "$ai_" {
			if p := f.ai.field(key); p != nil {
				*p = v
				continue
			}
		}
		if p := f.field(key); p != nil {
			*p = v
		} else {
			f.custom.add(key, v)
		}
	}
}

func (f *known) field(key []byte) *[]byte {
	switch string(key) {
	case "distinct_id":
		return &f.distinctID
	case "$session_id":
		return &f.sessionID
	case "$window_id":
		return &f.windowID
	case "$current_url":
		return &f.url
	case "$recording_status":
		return &f.recordingStatus
	case "$lib":
		return &f.lib
	case "$lib_version":
		return &f.libVersion
	case "$process_person_profile":
		return &f.personProfile
	case "token": // the project's: no property of the program
		return &f.token
	case "$ai_environment":
		return &f.aiEnvironment
	case "environment":
		return &f.environment
	case "$environment":
		return &f.sdkEnvironment
	case "$set":
		return &f.set
	case "$set_once":
		return &f.setOnce
	case "$anon_distinct_id":
		return &f.anonID
	case "alias":
		return &f.alias
	case "$snapshot_data":
		return &f.snapshotData
	case "$snapshot_items":
		return &f.snapshotItems
	}
	return nil
}

// describe fills in what an event says beside who it is of and when it was.
func (f *known) describe(e *model.Event) {
	e.Personless = falsehood(f.personProfile)
	e.URL = scalar(f.url, model.MaxURL)
	e.RecordingStatus = scalar(f.recordingStatus, 64)
	e.Env = firstText(model.MaxName, f.aiEnvironment, f.environment, f.sdkEnvironment)
	e.Properties = f.custom.list()
}

// library names the client: "posthog-node/5.70.0".
func (f *known) library() string {
	return library{scalar(f.lib, model.MaxName), scalar(f.libVersion, 64)}.String()
}
