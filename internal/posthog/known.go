package posthog

import (
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// known are the properties that have a meaning in Playhead, as raw JSON inside the event; nil if absent. If a property occurs twice the last one
// counts, as in JavaScript.
type known struct {
	distinctID, sessionID, windowID, url, recordingStatus, lib, libVersion, personProfile []byte
	set, setOnce, anonID, alias                                                           []byte
	snapshotData, snapshotItems                                                           []byte
	droppedMutations, oversizedMutations                                                  []byte
	exceptionList, exceptionType, exceptionMessage                                        []byte
	copyType, copiedText                                                                  []byte
	countryCode, countryName, browser, os, device, screenWidth, screenHeight              []byte
	token, aiEnvironment, environment, sdkEnvironment                                     []byte
	// timing are the periods in which LiteLLM waited for a provider: [[start, end], …] in seconds since 1970. Its events have no other time.
	timing []byte
	ai     knownAI
	// custom are the properties without a meaning in Playhead.
	custom custom
}

// read parses the properties of an event.
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
	case "token": // the project's token, not a property of the application
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
	case "$sdk_debug_replay_throttled_mutations_dropped":
		return &f.droppedMutations
	case "$sdk_debug_replay_oversized_mutations_dropped":
		return &f.oversizedMutations
	case "$geoip_country_code":
		return &f.countryCode
	case "$geoip_country_name":
		return &f.countryName
	case "$browser":
		return &f.browser
	case "$os":
		return &f.os
	case "$device_type":
		return &f.device
	case "$screen_width":
		return &f.screenWidth
	case "$screen_height":
		return &f.screenHeight
	case "$exception_list":
		return &f.exceptionList
	case "$exception_type":
		return &f.exceptionType
	case "$exception_message":
		return &f.exceptionMessage
	case "$copy_type":
		return &f.copyType
	case "$selected_content":
		return &f.copiedText
	case "llm_api_timing_windows":
		return &f.timing
	}
	return nil
}

// describe fills in the fields of an event except its person and time.
func (f *known) describe(e *model.Event) {
	e.Personless = falsehood(f.personProfile)
	e.URL = scalar(f.url, model.MaxURL)
	e.RecordingStatus = scalar(f.recordingStatus, 64)
	e.Env = firstText(model.MaxName, f.aiEnvironment, f.environment, f.sdkEnvironment)
	e.Release = scalar(f.ai.release, model.MaxName)
	e.Country, e.Browser, e.OS, e.Device = firstText(64, f.countryCode, f.countryName), scalar(f.browser, 64), scalar(f.os, 64), scalar(f.device, 64)
	if width, height := scalar(f.screenWidth, 8), scalar(f.screenHeight, 8); width != "" && height != "" {
		e.Screen = width + "x" + height
	}
	e.Properties = f.custom.list()
}

// library returns the client: "posthog-node/5.70.0", or the library that wraps a provider's client and sends through it: "posthog-ai/8.13.1".
func (f *known) library() string {
	if lib := scalar(f.ai.lib, model.MaxName); lib != "" {
		return library{lib, scalar(f.ai.libVersion, 64)}.String()
	}
	if f.lib == nil && f.timing != nil {
		return "litellm"
	}
	return library{scalar(f.lib, model.MaxName), scalar(f.libVersion, 64)}.String()
}

// timed takes an event's time and latency from its provider's request and answer, if it has these and no time of its own.
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

// exception returns an error's type and message. In a list of errors that caused each other, it uses the first, which is the one that was thrown. Older
// clients send no list.
func (f *known) exception(pace *rawjson.Pace) string {
	kind, message := f.exceptionType, f.exceptionMessage
	for first := range pace.Items(f.exceptionList) {
		kind, message = pace.Member(first, "type"), pace.Member(first, "value")
		break
	}
	text := scalar(message, model.MaxError)
	if name := scalar(kind, model.MaxName); name != "" && text != "" {
		text = name + ": " + text
	} else if text == "" {
		text = name
	}
	return rawjson.Clip(text, model.MaxError)
}
