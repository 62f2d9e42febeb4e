package otlp

import (
	"fmt"
	"strings"
	"testing"

	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"

	"github.com/playheadhq/playhead/internal/intake"
	"github.com/playheadhq/playhead/internal/model"
)

// summary is what a test compares of a span: the parts of its row that dialects spell differently, and its content.
func summary(a model.Arrival) string {
	e := &a.Event
	t := e.Tokens
	return fmt.Sprintf("%s %s/%s in=%d out=%d read=%d write=%d reason=%d first=%v stop=%s session=%s person=%s conversation=%s tools=%s agent=%s",
		e.Kind, e.Provider, e.Model, t.Input, t.Output, t.CacheRead, t.CacheWrite, t.Reasoning, e.FirstTokenMS, e.StopReason, e.SessionID, e.DistinctID, e.ConversationID, e.Tools, e.Agent)
}

// The same call in the names of each dialect is the same row.
func TestDialects(t *testing.T) {
	for _, c := range []struct {
		name          string
		span          *tracepb.Span
		says          string
		input, output string
	}{
		{"OTel GenAI 1.41", span(1, "chat gpt-5", "gen_ai.operation.name", "chat", "gen_ai.provider.name", "openai", "gen_ai.request.model", "gpt-5", "gen_ai.response.model", "gpt-5-2025",
			"gen_ai.usage.input_tokens", 100, "gen_ai.usage.output_tokens", 20, "gen_ai.usage.cache_read.input_tokens", 60, "gen_ai.usage.cache_creation.input_tokens", 5,
			"gen_ai.usage.reasoning.output_tokens", 7, "gen_ai.response.time_to_first_chunk", 0.25, "gen_ai.response.finish_reasons", list(text("stop")), "gen_ai.conversation.id", "c1",
			"gen_ai.system_instructions", `[{"type":"text","content":"be kind"}]`, "gen_ai.input.messages", `[{"role":"user","parts":[{"type":"text","content":"hi"}]}]`,
			"gen_ai.output.messages", `[{"role":"assistant","parts":[{"type":"text","content":"hello"}],"finish_reason":"stop"}]`),
			"generation openai/gpt-5-2025 in=100 out=20 read=60 write=5 reason=7 first=250 stop=stop session= person= conversation=c1 tools= agent=",
			`[{"role":"system","parts":[{"type":"text","content":"be kind"}]},{"role":"user","parts":[{"type":"text","content":"hi"}]}]`,
			`[{"role":"assistant","parts":[{"type":"text","content":"hello"}],"finish_reason":"stop"}]`},
		{"OTel GenAI 0.1.0", span(1, "chat", "gen_ai.operation.name", "chat", "gen_ai.request.model", "m", "gen_ai.usage.input_tokens", 9, "gen_ai.usage.cache_write.input_tokens", 4),
			"generation /m in=9 out=-1 read=-1 write=4 reason=-1 first=-1 stop= session= person= conversation= tools= agent=", "", ""},
		{"a tool", span(1, "execute_tool weather", "gen_ai.operation.name", "execute_tool", "gen_ai.tool.name", "weather", "gen_ai.tool.call.arguments", `{"city":"Oslo"}`, "gen_ai.tool.call.result", "rain"),
			"span / in=-1 out=-1 read=-1 write=-1 reason=-1 first=-1 stop= session= person= conversation= tools=weather agent=", `{"city":"Oslo"}`, `"rain"`},
		{"an agent", span(1, "invoke_agent helper", "gen_ai.operation.name", "invoke_agent", "gen_ai.agent.name", "helper", "gen_ai.request.model", "m", "gen_ai.usage.input_tokens", 5),
			"span /m in=5 out=-1 read=-1 write=-1 reason=-1 first=-1 stop= session= person= conversation= tools= agent=helper", "", ""},
		{"OpenLLMetry", span(1, "openai.chat", "llm.request.type", "chat", "gen_ai.system", "openai", "gen_ai.request.model", "gpt-5", "gen_ai.usage.input_tokens", 10, "gen_ai.usage.output_tokens", 2,
			"gen_ai.usage.cache_read_input_tokens", 6, "gen_ai.usage.reasoning_tokens", 1, "gen_ai.prompt.1.role", "user", "gen_ai.prompt.1.content", "hi", "gen_ai.prompt.0.role", "system",
			"gen_ai.prompt.0.content", "be kind", "gen_ai.completion.0.role", "assistant", "gen_ai.completion.0.finish_reason", "tool_calls", "gen_ai.completion.0.tool_calls.0.name", "weather",
			"gen_ai.completion.0.tool_calls.0.id", "t1", "gen_ai.completion.0.tool_calls.0.arguments", `{"city":"Oslo"}`,
			"traceloop.association.properties.session_id", "c1", "traceloop.association.properties.user_id", "ada", "traceloop.association.properties.$session_id", "s1"),
			"generation openai/gpt-5 in=10 out=2 read=6 write=-1 reason=1 first=-1 stop=tool_calls session=s1 person=ada conversation=c1 tools= agent=",
			`[{"content":"be kind","role":"system"},{"content":"hi","role":"user"}]`,
			`[{"finish_reason":"tool_calls","role":"assistant","tool_calls":[{"arguments":"{\"city\":\"Oslo\"}","id":"t1","name":"weather"}]}]`},
		{"OpenInference", span(1, "ChatCompletion", "openinference.span.kind", "LLM", "llm.model_name", "gpt-5", "llm.provider", "openai", "llm.token_count.prompt", 10, "llm.token_count.completion", 2,
			"llm.token_count.prompt_details.cache_read", 6, "llm.token_count.completion_details.reasoning", 1, "llm.finish_reason", "stop", "session.id", "c1", "user.id", "ada",
			"metadata", `{"$session_id":"s1"}`, "input.value", `{"model":"gpt-5"}`, "llm.input_messages.0.message.role", "user", "llm.input_messages.0.message.contents.0.message_content.type", "text",
			"llm.input_messages.0.message.contents.0.message_content.text", "hi", "llm.output_messages.0.message.role", "assistant",
			"llm.output_messages.0.message.tool_calls.0.tool_call.function.name", "weather", "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments", "{}"),
			"generation openai/gpt-5 in=10 out=2 read=6 write=-1 reason=1 first=-1 stop=stop session=s1 person=ada conversation=c1 tools= agent=",
			`[{"content":[{"text":"hi","type":"text"}],"role":"user"}]`, `[{"role":"assistant","tool_calls":[{"function":{"arguments":"{}","name":"weather"}}]}]`},
		{"OpenInference, a chain", span(1, "chain", "openinference.span.kind", "CHAIN", "input.value", "in", "output.value", "out"),
			"span / in=-1 out=-1 read=-1 write=-1 reason=-1 first=-1 stop= session= person= conversation= tools= agent=", `"in"`, `"out"`},
		{"AI SDK 6", span(1, "ai.streamText.doStream", "operation.name", "ai.streamText.doStream chat", "ai.operationId", "ai.streamText.doStream", "ai.model.id", "gpt-5", "ai.model.provider", "openai.responses",
			"gen_ai.system", "openai.responses", "gen_ai.request.model", "gpt-5", "ai.usage.inputTokens", 10, "ai.usage.outputTokens", 2, "ai.usage.cachedInputTokens", 6, "ai.response.msToFirstChunk", 80.5,
			"ai.response.finishReason", "stop", "ai.telemetry.metadata.$session_id", "s1", "ai.telemetry.metadata.userId", "ada", "ai.prompt.messages", `[{"role":"user","content":[{"type":"text","text":"hi"}]}]`,
			"ai.response.text", `{"a":1}`, "ai.response.toolCalls", `[{"toolCallId":"t1","toolName":"weather","input":"{}"}]`, "ai.prompt.tools", list(text(`{"name":"weather"}`))),
			"generation openai/gpt-5 in=10 out=2 read=6 write=-1 reason=-1 first=80.5 stop=stop session=s1 person=ada conversation= tools= agent=",
			`[{"role":"user","content":[{"type":"text","text":"hi"}]}]`,
			`{"role":"assistant","content":"{\"a\":1}","tool_calls":[{"toolCallId":"t1","toolName":"weather","input":"{}"}]}`},
		{"AI SDK 6, around the call", span(1, "ai.streamText", "operation.name", "ai.streamText chat", "ai.operationId", "ai.streamText", "ai.model.id", "gpt-5", "ai.usage.inputTokens", 10, "ai.prompt", `{"prompt":"hi"}`, "ai.response.text", "hello"),
			"span /gpt-5 in=10 out=-1 read=-1 write=-1 reason=-1 first=-1 stop= session= person= conversation= tools= agent=", `{"prompt":"hi"}`, `{"role":"assistant","content":"hello"}`},
		{"AI SDK, a tool", span(1, "ai.toolCall", "operation.name", "ai.toolCall helper", "ai.operationId", "ai.toolCall", "ai.toolCall.name", "weather", "ai.toolCall.args", `{"city":"Oslo"}`, "ai.toolCall.result", `{"rain":true}`),
			"span / in=-1 out=-1 read=-1 write=-1 reason=-1 first=-1 stop= session= person= conversation= tools=weather agent=", `{"city":"Oslo"}`, `{"rain":true}`},
		{"AI SDK 7, the root", span(1, "agent", "gen_ai.operation.name", "invoke_agent", "ai.settings.context.$session_id", "s1"),
			"span / in=-1 out=-1 read=-1 write=-1 reason=-1 first=-1 stop= session=s1 person= conversation= tools= agent=agent", "", ""},
		{"Langfuse", span(1, "answer", "langfuse.observation.type", "generation", "langfuse.observation.model.name", "gpt-5", "langfuse.observation.input", `[{"role":"user","content":"hi"}]`,
			"langfuse.observation.output", `{"role":"assistant","content":"hello"}`, "langfuse.observation.usage_details", `{"input":4,"input_cached_tokens":6,"output":2}`,
			"langfuse.observation.completion_start_time", `"2026-11-23T07:59:00.500000Z"`, "session.id", "c1", "user.id", "ada", "langfuse.trace.metadata.$session_id", "s1"),
			"generation /gpt-5 in=10 out=2 read=6 write=-1 reason=-1 first=500 stop= session=s1 person=ada conversation=c1 tools= agent=", `[{"role":"user","content":"hi"}]`, `{"role":"assistant","content":"hello"}`},
		{"MLflow", span(1, "Completions", "mlflow.spanType", `"CHAT_MODEL"`, "mlflow.spanInputs", `{"messages":[]}`, "mlflow.spanOutputs", `{"choices":[]}`, "mlflow.chat.tokenUsage", `{"input_tokens":10,"output_tokens":2,"total_tokens":12,"cache_read_input_tokens":6}`),
			"generation / in=10 out=2 read=6 write=-1 reason=-1 first=-1 stop= session= person= conversation= tools= agent=", `{"messages":[]}`, `{"choices":[]}`},
		{"Google ADK", span(1, "call_llm", "gen_ai.operation.name", "generate_content", "gen_ai.system", "gcp.vertex.agent", "gen_ai.request.model", "gemini-3", "gcp.vertex.agent.session_id", "c1",
			"gcp.vertex.agent.llm_request", `{"contents":[]}`, "gcp.vertex.agent.llm_response", `{"content":{}}`),
			"generation gcp.vertex.agent/gemini-3 in=-1 out=-1 read=-1 write=-1 reason=-1 first=-1 stop= session= person= conversation=c1 tools= agent=", `{"contents":[]}`, `{"content":{}}`},
		{"LangSmith", span(1, "ChatOpenAI", "langsmith.span.kind", "llm", "gen_ai.system", "openai", "gen_ai.request.model", "gpt-5", "gen_ai.prompt", `{"messages":[]}`, "gen_ai.completion", `{"generations":[]}`, "langsmith.metadata.thread_id", "c1", "gen_ai.usage.input_tokens", 3),
			"generation openai/gpt-5 in=3 out=-1 read=-1 write=-1 reason=-1 first=-1 stop= session= person= conversation=c1 tools= agent=", `{"messages":[]}`, `{"generations":[]}`},
		{"Sentry", span(1, "chat gpt-5", "sentry.op", "gen_ai.chat", "gen_ai.request.model", "gpt-5", "gen_ai.usage.input_tokens", 10, "gen_ai.usage.input_tokens.cached", 6, "gen_ai.usage.output_tokens", 2,
			"gen_ai.usage.output_tokens.reasoning", 1, "gen_ai.response.time_to_first_token", 0.5, "gen_ai.request.messages", `[{"role":"user","content":"hi"}]`, "gen_ai.response.text", "hello"),
			"generation /gpt-5 in=10 out=2 read=6 write=-1 reason=1 first=500 stop= session= person= conversation= tools= agent=", `[{"role":"user","content":"hi"}]`, `{"role":"assistant","content":"hello"}`},
		{"MLflow, all of it JSON", span(1, "Completions", "mlflow.spanType", `"CHAT_MODEL"`, "mlflow.llm.model", `"gpt-5"`, "mlflow.llm.provider", `"openai"`, "mlflow.chat.tools", `[{"name":"a"}]`,
			"mlflow.spanInputs", `{"model":"gpt-5","messages":[{"role":"user","content":"hi"}],"tools":[{"name":"a"}],"stream":true}`),
			"generation openai/gpt-5 in=-1 out=-1 read=-1 write=-1 reason=-1 first=-1 stop= session= person= conversation= tools= agent=", `[{"role":"user","content":"hi"}]`, ""},
		{"Sentry, not streamed", span(1, "chat gpt-5", "gen_ai.operation.name", "chat", "gen_ai.response.text", `["hello [1]","another choice"]`),
			"generation / in=-1 out=-1 read=-1 write=-1 reason=-1 first=-1 stop= session= person= conversation= tools= agent=", "", `{"role":"assistant","content":"hello [1]"}`},
		{"Sentry, a stream of JSON", span(1, "chat gpt-5", "gen_ai.operation.name", "chat", "gen_ai.response.streaming", true, "gen_ai.response.text", `["a"]`),
			"generation / in=-1 out=-1 read=-1 write=-1 reason=-1 first=-1 stop= session= person= conversation= tools= agent=", "", `{"role":"assistant","content":"[\"a\"]"}`},
		{"a request", span(1, "POST /chat", "http.request.method", "POST", "http.response.status_code", 200, "http.request.header.x-posthog-session-id", list(text("s1")), "http.request.header.x-posthog-distinct-id", list(text("ada"))),
			"span / in=-1 out=-1 read=-1 write=-1 reason=-1 first=-1 stop= session=s1 person=ada conversation= tools= agent=", "", ""},
		{"PostHog's processor", span(1, "chat", "gen_ai.operation.name", "chat", "$session_id", "s1", "posthog.distinct_id", "ada"),
			"generation / in=-1 out=-1 read=-1 write=-1 reason=-1 first=-1 stop= session=s1 person=ada conversation= tools= agent=", "", ""},
	} {
		a := one(t, c.span)[0]
		if got := summary(a); got != c.says {
			t.Errorf("%s is\n%s\nnot\n%s", c.name, got, c.says)
		}
		if string(a.Input) != c.input || string(a.Output) != c.output {
			t.Errorf("%s: input\n%s\nnot\n%s\noutput\n%s\nnot\n%s", c.name, a.Input, c.input, a.Output, c.output)
		}
		if strings.Contains(string(a.Properties), "be kind") && c.input != "" || strings.Contains(string(a.Properties), "gen_ai.prompt.0") {
			t.Errorf("%s: what was said is stored twice: %s", c.name, a.Properties)
		}
	}
}

// Messages in events of the span, of conventions up to 1.36, as Strands and Semantic Kernel send them.
func TestMessagesInEvents(t *testing.T) {
	event := func(name string, pairs ...any) *tracepb.Span_Event {
		return &tracepb.Span_Event{Name: name, Attributes: attributes(pairs...)}
	}
	s := span(1, "chat", "gen_ai.operation.name", "chat")
	s.Events = []*tracepb.Span_Event{
		event("gen_ai.system.message", "content", "be kind"),
		event("gen_ai.user.message", "gen_ai.event.content", `{"content":"hi"}`),
		event("gen_ai.tool.message", "id", "t1", "content", "rain"),
		event("gen_ai.choice", "finish_reason", "stop", "message", `{"role":"assistant","content":"hello"}`),
		event("retry", "attempt", 2),
	}
	a := one(t, s)[0]
	if got, want := string(a.Input), `[{"content":"be kind","role":"system"},{"content":"hi","role":"user"},{"tool_call_id":"t1","content":"rain","role":"tool"}]`; got != want {
		t.Errorf("input %s", got)
	}
	if got, want := string(a.Output), `[{"finish_reason":"stop","role":"assistant","content":"hello"}]`; got != want || a.Event.StopReason != "stop" {
		t.Errorf("output %s, stopped by %q", got, a.Event.StopReason)
	}
	if got := string(a.Properties); !strings.Contains(got, `"events":[{"name":"retry"`) || strings.Contains(got, "be kind") {
		t.Errorf("properties %s", got)
	}
}

// Errors, and calls that somebody stopped.
func TestErrors(t *testing.T) {
	failed := &tracepb.Status{Code: tracepb.Status_STATUS_CODE_ERROR, Message: "it broke"}
	exception := func(kind, message string) []*tracepb.Span_Event {
		return []*tracepb.Span_Event{{Name: "exception", Attributes: attributes("exception.type", kind, "exception.message", message)}}
	}
	for _, c := range []struct {
		name           string
		status         *tracepb.Status
		events         []*tracepb.Span_Event
		attributes     []any
		error          string
		failed, halted bool
	}{
		{"nothing", nil, nil, nil, "", false, false},
		{"a status", failed, nil, nil, "it broke", true, false},
		{"an exception", failed, exception("RateLimitError", "slow down"), nil, "RateLimitError: slow down", true, false},
		{"one that was caught", nil, exception("RateLimitError", "slow down"), nil, "", false, false},
		{"its type alone", &tracepb.Status{Code: tracepb.Status_STATUS_CODE_ERROR}, nil, []any{"error.type", "500"}, "500", true, false},
		{"Langfuse", nil, nil, []any{"langfuse.observation.level", "ERROR", "langfuse.observation.status_message", "bad"}, "bad", true, false},
		{"a user who left", failed, exception("CancelledError", ""), nil, "CancelledError", false, true},
		{"an abort", &tracepb.Status{Code: tracepb.Status_STATUS_CODE_ERROR, Message: "This operation was aborted"}, nil, nil, "This operation was aborted", false, true},
	} {
		s := span(1, "chat", append([]any{"gen_ai.operation.name", "chat"}, c.attributes...)...)
		s.Status, s.Events = c.status, c.events
		if e := one(t, s)[0].Event; e.Error != c.error || e.IsError != c.failed || e.Stopped != c.halted {
			t.Errorf("%s: %q, failed %t, stopped %t", c.name, e.Error, e.IsError, e.Stopped)
		}
	}
}

// Logs with messages of a call belong to its span, and other signals are rows too, or refused with a reason.
func TestLogsAndMetrics(t *testing.T) {
	_, mux, s := newServer(intake.Limits{})
	logs := `{"resourceLogs":[{"scopeLogs":[{"logRecords":[
		{"timeUnixNano":"1795420740000000000","traceId":"30313233343536373839616263646566","spanId":"0102030405060701","eventName":"gen_ai.user.message","body":{"kvlistValue":{"values":[{"key":"content","value":{"stringValue":"hi"}}]}}},
		{"timeUnixNano":"1795420740000000000","traceId":"30313233343536373839616263646566","spanId":"0102030405060701","attributes":[{"key":"event.name","value":{"stringValue":"gen_ai.choice"}}],"body":{"kvlistValue":{"values":[{"key":"index","value":{"intValue":"0"}},{"key":"message","value":{"kvlistValue":{"values":[{"key":"content","value":{"stringValue":"hello"}}]}}}]}}},
		{"observedTimeUnixNano":"1795420740000000000","eventName":"gen_ai.evaluation.result","traceId":"30313233343536373839616263646566","spanId":"0102030405060701","attributes":[{"key":"gen_ai.evaluation.name","value":{"stringValue":"kind"}},{"key":"gen_ai.evaluation.score.value","value":{"doubleValue":0.5}},{"key":"gen_ai.evaluation.explanation","value":{"stringValue":"It says \"please\" once."}}]},
		{"severityNumber":17,"severityText":"ERROR","body":{"stringValue":"it broke"}}]}]}]}`
	if w := post(mux, "/v1/logs", jsonType, []byte(logs)); w.Code != 200 || len(s.kept) != 4 {
		t.Fatalf("%d %q, %+v", w.Code, w.Body, s.refused)
	}
	user, choice, evaluation, other := s.kept[0], s.kept[1], s.kept[2], s.kept[3]
	if string(user.Input) != `[{"content":"hi","role":"user"}]` || user.Event.ParentID != "0102030405060701" || user.Event.Name != "gen_ai.user.message" || user.Event.Kind != model.KindOther {
		t.Errorf("%s of %+v", user.Input, user.Event)
	}
	if string(choice.Output) != `[{"content":"hello","role":"assistant"}]` {
		t.Errorf("%s", choice.Output)
	}
	if e := evaluation.Event; e.Kind != model.KindEvaluation || e.MetricName != "kind" || e.Score != 0.5 || !e.Scored || e.ParentID != "0102030405060701" {
		t.Errorf("%+v", e)
	}
	if string(evaluation.Output) != `"It says \"please\" once."` || strings.Contains(string(evaluation.Properties), "explanation") {
		t.Errorf("the explanation is the output, once: %s, %s", evaluation.Output, evaluation.Properties)
	}
	if e := other.Event; e.Error != "it broke" || !e.IsError || !strings.Contains(string(other.Properties), `"body":"it broke"`) {
		t.Errorf("%+v %s", e, other.Properties)
	}
	_, mux, s = newServer(intake.Limits{})
	metrics := `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[
		{"name":"gen_ai.client.token.usage","unit":"{token}","histogram":{"dataPoints":[{"timeUnixNano":"1795420740000000000","count":"2","sum":30,"attributes":[{"key":"gen_ai.token.type","value":{"stringValue":"input"}}]}]}},
		{"name":"process.memory","gauge":{"dataPoints":[{"asInt":"5"}]}}]}]}]}`
	w := post(mux, "/v1/metrics", jsonType, []byte(metrics))
	if w.Code != 200 || len(s.kept) != 1 || len(s.refused) != 1 || s.refused[0].Refused != model.ReasonNotKept || !strings.Contains(w.Body.String(), "rejectedDataPoints") {
		t.Fatalf("%d %q, %+v", w.Code, w.Body, s.refused)
	}
	if a := s.kept[0]; a.Event.Name != "gen_ai.client.token.usage" || !strings.Contains(string(a.Properties), `"points":[{"attributes":{"gen_ai.token.type":"input"},"count":2,"sum":30}]`) {
		t.Errorf("%s", a.Properties)
	}
}
