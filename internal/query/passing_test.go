package query

import (
	"strings"
	"testing"
)

// The names are those that the clients of docs/clients.md send, and those of other instrumentations.
func TestPassAlong(t *testing.T) {
	for _, c := range []struct{ library, language, code string }{
		{"posthog-ai/8.13.1", "JavaScript or Python", "posthogProperties: {"},
		{"posthog-ai/7.91.1", "JavaScript or Python", "posthog_properties={"},
		{"@posthog/ai/8.13.1", "JavaScript", "posthogProperties: {"},
		{"posthog-node/5.70.0", "JavaScript", "properties: { $session_id: req"},
		{"posthog-python/7.91.1", "Python", "posthog_properties={"},
		{"posthog-go/1.5.2", "Go", "properties.Set("},
		{"playhead-go/0.1.0", "Go", "playhead.Middleware("},
		{"posthog-ruby/3.1.0", "Ruby", "'$session_id' =>"},
		{"posthog-server/2.3.3", "Java", `property("$session_id"`},
		{"posthog-rs/0.30.0", "Rust", `insert_prop("$session_id"`},
		{"litellm", "Python", `metadata={"$session_id"`},
		{"litellm/1.110.2", "Python", `metadata={"$session_id"`},
		{"openinference.instrumentation.openai/0.1.66", "Python", "using_attributes(metadata="},
		{"openinference.instrumentation.google_genai/0.1.0", "Python", "using_attributes(metadata="},
		{"@arizeai/openinference-instrumentation-openai/4.2.7", "JavaScript", "setMetadata(context.active()"},
		{"langfuse-sdk/5.11.1", "JavaScript or Python", "propagateAttributes({ metadata"},
		{"langfuse-sdk/5.0.4", "JavaScript or Python", "propagate_attributes(metadata="},
		{"langsmith", "JavaScript or Python", `langsmith_extra={"metadata"`},
		{"logfire.openai/5.4.0", "Python", "capture_headers=True"},
		{"logfire", "Python", "scrubbing=False"},
		{"opentelemetry.instrumentation.openai.v1/0.62.4", "Python", "Traceloop.set_association_properties("},
		{"opentelemetry.instrumentation.anthropic/0.62.4", "Python", "Traceloop.set_association_properties("},
		{"opentelemetry.instrumentation.google_generativeai/0.62.4", "Python", "Traceloop.set_association_properties("},
		{"@traceloop/instrumentation-openai/0.27.0", "JavaScript", "traceloop.withAssociationProperties("},
		{"opentelemetry.instrumentation.google_genai", "Python", `set_attribute("posthog.session_id"`},
		{"opentelemetry.instrumentation.openai_v2", "Python", `set_attribute("posthog.session_id"`},
		{"opentelemetry.instrumentation.genai.openai/1.3b0", "Python", `set_attribute("posthog.session_id"`},
		{"opentelemetry.util.genai.handler/0.4b0", "Python", `set_attribute("posthog.session_id"`},
		{"pydantic-ai/2.68.0", "Python", `set_attribute("posthog.session_id"`},
		{"strands.telemetry.tracer", "Python", `set_attribute("posthog.session_id"`},
		{"gcp.vertex.agent/2.13.0", "Python", `set_attribute("posthog.session_id"`},
		{"agent_framework/1.23.0", "Python", `set_attribute("posthog.session_id"`},
		{"semantic_kernel.utils.telemetry.model_diagnostics.decorators", "Python", `set_attribute("posthog.session_id"`},
		{"com.anthropic.sdk.python/2.14.0", "Python", `set_attribute("posthog.session_id"`},
		{"ai", "JavaScript", "experimental_telemetry: {"},
		{"gen_ai", "JavaScript", "runtimeContext: {"},
		{"@mastra/otel-exporter/1.4.0", "JavaScript", "tracingOptions: {"},
		{"@opentelemetry/instrumentation-openai/0.12.0", "JavaScript", "setAttribute('posthog.session_id'"},
		{"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp/0.60.0", "Go", "trace.SpanFromContext("},
		{"github.com/acme/weather/llm/1.0.0", "Go", "trace.SpanFromContext("},
		{"org.springframework.boot/3.5.0", "Java", "Span.current().setAttribute("},
		{"io.opentelemetry.openai-java-1.1/2.20.0-alpha", "Java", "Span.current().setAttribute("},
		{"Experimental.Microsoft.Extensions.AI/9.9.0", "C#", "Activity.Current?.SetTag("},
		// Names that contain those of others.
		{"google-bot/1.0", "any language", `"$session_id": <`},
		{"air-traffic", "any language", `"$session_id": <`},
		{"my-opentelemetry-bot", "any language", `"$session_id": <`},
		{"weather-bot", "any language", `"$session_id": <`},
		{"otlp", "any language", `"$session_id": <`},
		{"", "any language", `"$session_id": <`},
	} {
		got := passAlong(c.library)
		if got.language != c.language || !strings.Contains(got.code, c.code) {
			t.Errorf("%s: %+v, want %s with %s", c.library, got, c.language, c.code)
		}
	}
	for i, p := range passings {
		if !strings.Contains(p.code, "session") && p.names != "playhead-go" && p.names != "logfire*" {
			t.Errorf("%s: %s sends no session", p.names, p.code)
		}
		name := strings.TrimSuffix(p.names, "*")
		for _, before := range passings[:i] {
			if start, open := strings.CutSuffix(before.names, "*"); name == start || open && strings.HasPrefix(name, start) {
				t.Errorf("%s is never reached behind %s", p.names, before.names)
			}
		}
	}
}
