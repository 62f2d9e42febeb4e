package posthog

import (
	"strconv"
	"strings"
	"unicode/utf8"

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

// knownAI are the `$ai_…` properties.
type knownAI struct {
	traceID, spanID, generationID, parentID, sessionID           []byte
	spanName, traceName, model, provider, source                 []byte
	latency, firstToken, status, isError, errorText, stopReason  []byte
	input, inputState, output, outputChoices, outputState, tools []byte
	inputTokens, outputTokens, totalTokens                       []byte
	cacheRead, cacheWrite, reasoning, usage                      []byte
	metricName, metricValue, feedback                            []byte
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

func (f *knownAI) field(key []byte) *[]byte {
	switch string(key) {
	case "$ai_trace_id":
		return &f.traceID
	case "$ai_span_id":
		return &f.spanID
	case "$ai_generation_id":
		return &f.generationID
	case "$ai_parent_id":
		return &f.parentID
	case "$ai_session_id":
		return &f.sessionID
	case "$ai_span_name":
		return &f.spanName
	case "$ai_trace_name":
		return &f.traceName
	case "$ai_model":
		return &f.model
	case "$ai_provider":
		return &f.provider
	case "$ai_ingestion_source":
		return &f.source
	case "$ai_latency":
		return &f.latency
	case "$ai_time_to_first_token":
		return &f.firstToken
	case "$ai_http_status":
		return &f.status
	case "$ai_is_error":
		return &f.isError
	case "$ai_error":
		return &f.errorText
	case "$ai_stop_reason":
		return &f.stopReason
	case "$ai_input":
		return &f.input
	case "$ai_input_state":
		return &f.inputState
	case "$ai_output":
		return &f.output
	case "$ai_output_choices":
		return &f.outputChoices
	case "$ai_output_state":
		return &f.outputState
	case "$ai_tools":
		return &f.tools
	case "$ai_input_tokens":
		return &f.inputTokens
	case "$ai_output_tokens":
		return &f.outputTokens
	case "$ai_total_tokens":
		return &f.totalTokens
	case "$ai_cache_read_input_tokens":
		return &f.cacheRead
	case "$ai_cache_creation_input_tokens":
		return &f.cacheWrite
	case "$ai_reasoning_tokens":
		return &f.reasoning
	case "$ai_usage":
		return &f.usage
	case "$ai_metric_name":
		return &f.metricName
	case "$ai_metric_value":
		return &f.metricValue
	case "$ai_feedback_text":
		return &f.feedback
	}
	return nil
}

// scalar is what a string, number or boolean says, as clients mean ids: 12 and "12" are one. Anything else says "".
func scalar(v []byte, most int) string { return rawjson.Scalar(v, most) }

// beginning is clip for text that is not a string yet: it copies no more than it returns.
func beginning(v []byte, most int) string {
	return rawjson.Clip(string(v[:min(len(v), most+utf8.UTFMax)]), most)
}

// number reads a number, also one that was sent as a string.
func number(v []byte) (float64, bool) {
	if f, ok := rawjson.Float(v); ok {
		return f, true
	}
	if rawjson.KindOf(v) != rawjson.String || len(v) > 40 {
		return 0, false
	}
	f, err := strconv.ParseFloat(strings.TrimSpace(rawjson.Text(v)), 64)
	return f, err == nil && f == f
}

// firstText is what the first of several values says that says anything.
func firstText(most int, values ...[]byte) string {
	for _, v := range values {
		if text := scalar(v, most); text != "" {
			return text
		}
	}
	return ""
}

// truth reads a boolean, also one that was sent as a string or number.
func truth(v []byte) bool {
	switch strings.ToLower(scalar(v, 8)) {
	case "true", "1":
		return true
	}
	return false
}

func falsehood(v []byte) bool {
	switch strings.ToLower(scalar(v, 8)) {
	case "false", "0":
		return true
	}
	return false
}

// given returns v unless it is null or absent.
func given(v []byte) []byte {
	if k := rawjson.KindOf(v); k == rawjson.Null || k == rawjson.Invalid {
		return nil
	}
	return v
}

// firstGiven returns the first that is neither null nor absent.
func firstGiven(values ...[]byte) []byte {
	for _, v := range values {
		if given(v) != nil {
			return v
		}
	}
	return nil
}

func isObject(v []byte) bool { return rawjson.KindOf(v) == rawjson.Object }

// or returns a, or what v says when a is empty.
func or(a string, v []byte) string {
	if a != "" {
		return rawjson.Clip(a, model.MaxID)
	}
	return scalar(v, model.MaxID)
}
