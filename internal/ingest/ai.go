package ingest

import (
	"strings"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
)

func isAI(name string) bool { return strings.HasPrefix(name, "$ai_") }

// kindOf sorts events by name. LLM events of names we do not know are kept like any other.
func kindOf(name string) model.Kind {
	switch name {
	case "$ai_generation":
		return model.KindGeneration
	case "$ai_embedding":
		return model.KindEmbedding
	case "$ai_span":
		return model.KindSpan
	case "$ai_trace":
		return model.KindTrace
	case "$ai_metric":
		return model.KindMetric
	case "$ai_feedback":
		return model.KindFeedback
	}
	return model.KindOther
}

// maxLatencyMS is the longest call that is believed: 30 days.
const maxLatencyMS = 30 * dayMS

// describeAI fills in what an LLM event says.
func describeAI(pace *rawjson.Pace, e *model.Event, f *aiFields) {
	e.TraceID = scalar(f.traceID, maxID)
	if e.TraceID == "" && e.Kind != model.KindOther {
		e.TraceID = e.UUID.String() // a trace of its own
	}
	e.SpanID = scalar(f.spanID, maxID)
	if e.SpanID == "" {
		e.SpanID = scalar(f.generationID, maxID)
	}
	e.ParentID = scalar(f.parentID, maxID)
	e.ConversationID = scalar(f.sessionID, maxID)
	e.Title = scalar(f.spanName, maxName)
	if e.Title == "" {
		e.Title = scalar(f.traceName, maxName)
	}
	e.Model = scalar(f.model, maxName)
	e.Provider = scalar(f.provider, maxName)
	e.LatencyMS, e.FirstTokenMS = durationMS(f.latency), durationMS(f.firstToken)
	// SDKs stamp an event when the call has ended; spans from OpenTelemetry carry their start.
	if e.LatencyMS > 0 && scalar(f.source, 16) != "otel" {
		e.StartMS = e.TimeMS - int64(e.LatencyMS+0.5)
	}
	e.Tokens = tokens(pace, f)
	if status, ok := number(f.status); ok && status >= 0 && status < 1e6 {
		e.HTTPStatus = int32(status)
	}
	e.Error = errorText(pace, f.errorText)
	e.IsError = truth(f.isError) || given(f.isError) == nil && (e.Error != "" || e.HTTPStatus >= 400)
	e.StopReason = scalar(f.stopReason, maxName)
	switch e.Kind {
	case model.KindMetric:
		e.MetricName, e.MetricValue = scalar(f.metricName, maxName), scalar(f.metricValue, maxValue)
	case model.KindFeedback:
		e.MetricValue = scalar(f.feedback, maxValue)
	}
}

// durationMS reads seconds, -1 when there are none that can be true.
func durationMS(v []byte) float64 {
	s, ok := number(v)
	if !ok || s < 0 || s*1000 > maxLatencyMS {
		return -1
	}
	return s * 1000
}

// errorText is what an error says, for lists. Errors come as text, as JSON in a string, and as objects.
func errorText(pace *rawjson.Pace, v []byte) string {
	switch v = given(v); rawjson.KindOf(v) {
	case rawjson.String:
		text := scalar(v, maxError)
		if strings.HasPrefix(text, "{") && len(v) < 64<<10 {
			if inner := []byte(rawjson.Text(v)); rawjson.Check(inner, 64) == nil {
				if message := errorMessage(pace, inner); message != "" {
					return message
				}
			}
		}
		return text
	case rawjson.Object:
		if message := errorMessage(pace, v); message != "" {
			return message
		}
		return beginning(v, maxError)
	case rawjson.Bool:
		return "" // a flag is no text
	default:
		return beginning(v, maxError)
	}
}

// errorMessage finds the message in a provider's error object.
func errorMessage(pace *rawjson.Pace, object []byte) string {
	var failure, message, detail []byte
	for key, v := range pace.Members(object) {
		switch string(key) {
		case "error":
			failure = v
		case "message":
			message = v
		case "detail":
			detail = v
		}
	}
	for _, v := range [...][]byte{pace.Member(failure, "message"), message, failure, detail} {
		if text := scalar(v, maxError); text != "" {
			return text
		}
	}
	return ""
}
