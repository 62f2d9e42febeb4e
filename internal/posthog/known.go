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
	// timing are the spans of time in which LiteLLM waited for a provider: [[start, end], …] in seconds since 1970. Its events have no other time.
	timing []byte
	ai     knownAI
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
	case "llm_api_timing_windows":
		return &f.timing
	}
	return nil
}

// describe fills in what an event says beside who it is of and when it was.
func (f *known) describe(e *model.Event) {
	e.Personless = falsehood(f.personProfile)
	e.URL = scalar(f.url, model.MaxURL)
	e.RecordingStatus = scalar(f.recordingStatus, 64)
	e.Env = firstText(model.MaxName, f.aiEnvironment, f.environment, f.sdkEnvironment)
	e.Release = scalar(f.ai.release, model.MaxName)
	e.Properties = f.custom.list()
}

// library names the client: "posthog-node/5.70.0", or what wraps a provider's client and sends through it: "posthog-ai/8.13.1".
func (f *known) library() string {
	if lib := scalar(f.ai.lib, model.MaxName); lib != "" {
		return library{lib, scalar(f.ai.libVersion, 64)}.String()
	}
	if f.lib == nil && f.timing != nil {
		return "litellm"
	}
	return library{scalar(f.lib, model.MaxName), scalar(f.libVersion, 64)}.String()
}

// timed takes an event's time and latency from when its provider was asked and answered, where it says so and has no time of its own.
func (f *known) timed(pace *rawjson.Pace, e *model.Event) {
	var first, last int64
	for window := range pace.Items(given(f.timing)) {
		var at [2]int64
		n := 0
		for v := range pace.Items(window) {
			if t, ok := rawjson.Float(v); ok && n < 2 {
				at[n] = unixTime(t)
				n++
			}
		}
		if n < 2 || at[0] <= 0 || at[1] < at[0] || at[1]-at[0] > maxLatencyMS {
			continue
		}
		if first == 0 || at[0] < first {
			first = at[0]
		}
		last = max(last, at[1])
	}
	if first > 0 && last-first <= maxLatencyMS {
		e.TimeMS, e.LatencyMS = last, float64(last-first)
	}
}
