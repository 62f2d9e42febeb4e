package posthog

import (
	"strings"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/python"
	"github.com/playheadhq/playhead/internal/rawjson"
)

func isAI(name string) bool { return strings.HasPrefix(name, "$ai_") }

// kindOf sorts events by name. LLM events with unknown names are kept like any other event.
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
	case "$ai_evaluation":
		return model.KindEvaluation
	}
	return model.KindOther
}

// knownAI are the `$ai_…` properties.
type knownAI struct {
	traceID, spanID, generationID, parentID, sessionID           []byte
	spanName, traceName, model, provider, source                 []byte
	latency, firstToken, status, isError, errorText, stopReason  []byte
	input, inputState, output, outputChoices, outputState, tools []byte
	metricName, metricValue, feedback                            []byte
	lib, libVersion                                              []byte
	release, promptName, promptVersion, agentName, spanType      []byte
	toolsCalled, mcpServer, mcpData, target                      []byte
	evaluation                                                   evaluation
	knownUsage
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
	case "$ai_metric_name":
		return &f.metricName
	case "$ai_metric_value":
		return &f.metricValue
	case "$ai_feedback_text":
		return &f.feedback
	case "$ai_lib":
		return &f.lib
	case "$ai_lib_version":
		return &f.libVersion
	case "$ai_release":
		return &f.release
	case "$ai_prompt_name":
		return &f.promptName
	case "$ai_prompt_version":
		return &f.promptVersion
	case "$ai_agent_name":
		return &f.agentName
	case "$ai_span_type":
		return &f.spanType
	case "$ai_tools_called":
		return &f.toolsCalled
	case "$ai_mcp_server":
		return &f.mcpServer
	case "$ai_mcp_data":
		return &f.mcpData
	case "$ai_target_event_id":
		return &f.target
	}
	if p := f.evaluation.field(key); p != nil {
		return p
	}
	return f.knownUsage.field(key)
}

// maxLatencyMS is the longest latency that is accepted: 30 days.
const maxLatencyMS = 30 * 24 * 60 * 60 * 1000

// describeAI fills in the fields of an LLM event.
func describeAI(pace *rawjson.Pace, e *model.Event, f *knownAI) {
	e.TraceID = scalar(f.traceID, model.MaxID)
	e.SpanID = firstText(model.MaxID, f.spanID, f.generationID)
	e.ParentID = scalar(f.parentID, model.MaxID)
	e.ConversationID = scalar(f.sessionID, model.MaxID)
	e.Title = firstText(model.MaxName, f.spanName, f.traceName)
	e.Model = scalar(f.model, model.MaxName)
	e.Provider = scalar(f.provider, model.MaxName)
	e.LatencyMS, e.FirstTokenMS = durationMS(f.latency), durationMS(f.firstToken)
	if f.usage == nil && isObject(f.outputChoices) { // LiteLLM sends the provider's whole answer
		f.usage = pace.Member(f.outputChoices, "usage")
	}
	describeUsage(pace, e, &f.knownUsage)
	if status, ok := number(f.status); ok && status >= 0 && status < 1e6 {
		e.HTTPStatus = int32(status)
	}
	e.Error = errorText(pace, f.errorText)
	e.IsError = truth(f.isError) || given(f.isError) == nil && (e.Error != "" || e.HTTPStatus >= 400)
	if e.StopReason = scalar(f.stopReason, model.MaxName); e.StopReason == "" && e.Kind == model.KindGeneration {
		e.StopReason = finishReason(pace, f.outputChoices)
	}
	e.PromptName, e.PromptVersion = scalar(f.promptName, model.MaxName), scalar(f.promptVersion, model.MaxName)
	if e.Kind.IsOpinion() {
		f.opinion(e)
	} else {
		f.acting(pace, e)
	}
}

// stampedAtEnd reports whether an event's time is the end of its call, as SDKs send it. Spans from OpenTelemetry have their start.
func (f *knownAI) stampedAtEnd() bool { return scalar(f.source, 16) != "otel" }

// content returns an LLM event's question, answer, and the tools that it could use. SDKs in privacy mode send null. The answer of an evaluation is why its
// judge came to the result: text of any length, which is found and shown like other answers.
func (f *knownAI) content(k model.Kind) (input, output, tools []byte) {
	if input = firstGiven(f.input, f.inputState); input == nil && rawjson.KindOf(f.input) == rawjson.Null {
		input = f.input
	}
	if k == model.KindEvaluation {
		return input, given(f.evaluation.reasoning), given(f.tools)
	}
	return input, firstGiven(f.outputChoices, f.output, f.outputState), given(f.tools)
}

// durationMS reads seconds. It returns -1 if there are none or they are impossible.
func durationMS(v []byte) float64 {
	s, ok := number(v)
	if !ok || s < 0 || s*1000 > maxLatencyMS {
		return -1
	}
	return s * 1000
}

// finishReason returns why a provider's answer ended, if the answer contains it: LiteLLM sends the whole answer, OpenTelemetry a reason with each
// message.
func finishReason(pace *rawjson.Pace, output []byte) string {
	if isObject(output) {
		output = pace.Member(output, "choices")
	}
	if rawjson.KindOf(output) == rawjson.Array {
		for choice := range pace.Items(output) {
			if isObject(choice) {
				return scalar(pace.Member(choice, "finish_reason"), model.MaxName)
			}
			break
		}
	}
	return ""
}

// errorText returns an error's text for lists. Errors are sent as text, as JSON in a string, and as objects.
func errorText(pace *rawjson.Pace, v []byte) string {
	switch v = given(v); rawjson.KindOf(v) {
	case rawjson.String:
		if len(v) > maxErrorRead {
			return scalar(v, model.MaxError)
		}
		return rawjson.Clip(said(pace, rawjson.Text(v), 0), model.MaxError)
	case rawjson.Object:
		if message := errorMessage(pace, v, 0); message != "" {
			return rawjson.Clip(message, model.MaxError)
		}
		return beginning(v, model.MaxError)
	case rawjson.Bool:
		return "" // a boolean has no text
	default:
		return beginning(v, model.MaxError)
	}
}

// maxErrorRead is the largest length of an error, in bytes, in which a message is searched.
const maxErrorRead = 64 << 10

// said returns a text in which JSON, if the text is or ends with it, is replaced by the message inside: "400 {"error":{"message":"overloaded"}}"
// becomes "400 overloaded". Python clients write a dict in the same way.
func said(pace *rawjson.Pace, text string, depth int) string {
	at := strings.IndexByte(text, '{')
	if at < 0 || at > 200 || depth > 3 {
		return text
	}
	inner := []byte(strings.TrimSpace(text[at:]))
	if !pace.Work(len(inner)) {
		return text
	}
	if rawjson.Check(inner, 64) != nil {
		if inner = python.JSON(inner); inner == nil || rawjson.Check(inner, 200) != nil {
			return text
		}
	}
	message := errorMessage(pace, inner, depth+1)
	if message == "" {
		return text
	}
	return text[:at] + message
}

// errorMessage returns the message in a provider's error object.
func errorMessage(pace *rawjson.Pace, object []byte, depth int) string {
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
		if text := scalar(v, model.MaxError); text != "" {
			if rawjson.KindOf(v) == rawjson.String && len(v) <= maxErrorRead {
				return said(pace, rawjson.Text(v), depth)
			}
			return text
		}
	}
	return ""
}
