package query

import "strings"

// passing is the line of code that passes the session's id along, and the language that it is written in.
type passing struct{ language, code string }

// Each line takes the id from the header that posthog-js sends. Those that set an attribute of the current span need the span of an HTTP server around the
// call; all calls of its trace inherit the id.
const (
	pyID = `request.headers.get("X-POSTHOG-SESSION-ID")`
	jsID = `req.headers['x-posthog-session-id']`

	jsWrapper = `posthogProperties: { $session_id: ` + jsID + ` }`
	pyWrapper = `posthog_properties={"$session_id": ` + pyID + `}`
)

var (
	pySpan     = passing{"Python", `trace.get_current_span().set_attribute("posthog.session_id", ` + pyID + `)`}
	jsSpan     = passing{"JavaScript", `trace.getActiveSpan()?.setAttribute('posthog.session_id', ` + jsID + `)`}
	goSpan     = passing{"Go", `trace.SpanFromContext(r.Context()).SetAttributes(attribute.String("posthog.session_id", r.Header.Get("X-POSTHOG-SESSION-ID")))`}
	javaSpan   = passing{"Java", `Span.current().setAttribute("posthog.session_id", request.getHeader("X-POSTHOG-SESSION-ID"));`}
	dotnetSpan = passing{"C#", `Activity.Current?.SetTag("posthog.session_id", Request.Headers["X-POSTHOG-SESSION-ID"].ToString());`}
	traceloop  = passing{"Python", `Traceloop.set_association_properties({"$session_id": ` + pyID + `})`}

	// whatever is for libraries that are not in the table. Nothing says which language they are written in, but every protocol has properties.
	whatever = passing{"any language", `"$session_id": <the request's header X-POSTHOG-SESSION-ID>`}
)

// either is for libraries that have one name in two languages.
func either(js, py string) passing {
	return passing{"JavaScript or Python", "// JavaScript\n" + js + "\n# Python\n" + py}
}

// passings has the line for each library that sends calls: clients of PostHog by their names, and instrumentations of OpenTelemetry by those of their scopes.
// A name that ends in * is the beginning of names. The first one that fits counts. docs/opentelemetry.md says the same in words, and the clients of
// internal/clients show that it works.
var passings = []struct {
	names string
	passing
}{
	// PostHog's protocol.
	{"posthog-ai", either(jsWrapper, pyWrapper)}, // @posthog/ai and posthog.ai
	{"@posthog/*", passing{"JavaScript", jsWrapper}},
	{"posthog-node", passing{"JavaScript", `properties: { $session_id: ` + jsID + ` }`}},
	{"posthog-python", passing{"Python", pyWrapper}},
	{"posthog-go", passing{"Go", `properties.Set("$session_id", r.Header.Get("X-POSTHOG-SESSION-ID"))`}},
	{"playhead-go", passing{"Go", `mux.Handle("/api/chat", playhead.Middleware(chat))`}},
	{"posthog-ruby", passing{"Ruby", `properties: { '$session_id' => request.headers['X-POSTHOG-SESSION-ID'] }`}},
	{"posthog-server", passing{"Java", `PostHogCaptureOptions.builder().property("$session_id", request.getHeader("X-POSTHOG-SESSION-ID"))`}},
	{"posthog-rs", passing{"Rust", `event.insert_prop("$session_id", session_id)?; // of the header X-POSTHOG-SESSION-ID`}},
	{"litellm", passing{"Python", `metadata={"$session_id": ` + pyID + `}`}},

	// OpenInference, Langfuse, LangSmith, Logfire.
	{"openinference.instrumentation*", passing{"Python", `using_attributes(metadata={"$session_id": ` + pyID + `})`}},
	{"@arizeai/openinference-*", passing{"JavaScript", `context.with(setMetadata(context.active(), { $session_id: ` + jsID + ` }), () => answer(req))`}},
	{"langfuse-sdk", either(`propagateAttributes({ metadata: { $session_id: `+jsID+` } }, () => answer(req))`, `propagate_attributes(metadata={"$session_id": `+pyID+`})`)},
	{"langsmith", either(`traceable(answer, { metadata: { $session_id: `+jsID+` } })`, `answer(question, langsmith_extra={"metadata": {"$session_id": `+pyID+`}})`)},
	{"logfire*", passing{"Python", `logfire.configure(scrubbing=False); logfire.instrument_fastapi(app, capture_headers=True)`}},

	// OpenLLMetry, whose Python packages have the same kind of names as OpenTelemetry's own. These are the packages that only it has.
	{"@traceloop/*", passing{"JavaScript", `traceloop.withAssociationProperties({ $session_id: ` + jsID + ` }, () => answer(req))`}},
	{"traceloop.*", traceloop},
	{"opentelemetry.instrumentation.openai.*", traceloop},
	{"opentelemetry.instrumentation.anthropic*", traceloop},
	{"opentelemetry.instrumentation.bedrock*", traceloop},
	{"opentelemetry.instrumentation.cohere*", traceloop},
	{"opentelemetry.instrumentation.google_generativeai*", traceloop},
	{"opentelemetry.instrumentation.groq*", traceloop},
	{"opentelemetry.instrumentation.langchain*", traceloop},
	{"opentelemetry.instrumentation.llamaindex*", traceloop},
	{"opentelemetry.instrumentation.mistralai*", traceloop},
	{"opentelemetry.instrumentation.ollama*", traceloop},
	{"opentelemetry.instrumentation.together*", traceloop},

	// The AI SDK of Vercel: up to 6, and 7. Mastra.
	{"ai", passing{"JavaScript", `experimental_telemetry: { isEnabled: true, metadata: { $session_id: ` + jsID + ` } }`}},
	{"gen_ai", passing{"JavaScript", `runtimeContext: { $session_id: ` + jsID + ` }, telemetry: { includeRuntimeContext: { $session_id: true } }`}},
	{"@mastra/*", passing{"JavaScript", `tracingOptions: { metadata: { $session_id: ` + jsID + ` } }`}},

	// All others have nothing of their own for it: the span of the HTTP server has the id.
	{"opentelemetry.instrumentation.*", pySpan},
	{"opentelemetry.util.genai*", pySpan},
	{"pydantic-ai*", pySpan},
	{"strands.*", pySpan},
	{"gcp.vertex.agent", pySpan},
	{"agent_framework*", pySpan},
	{"semantic_kernel*", pySpan},
	{"com.anthropic.sdk.python", pySpan},
	{"@opentelemetry/*", jsSpan},
	{"go.opentelemetry.io/*", goSpan},
	{"github.com/*", goSpan}, // the scopes of Go packages are their paths
	{"org.springframework.*", javaSpan},
	{"io.opentelemetry.*", javaSpan},
	{"dev.langchain4j*", javaSpan},
	{"Experimental.Microsoft.*", dotnetSpan},
	{"Microsoft.SemanticKernel*", dotnetSpan},
}

// passAlong is how a library passes the session's id along. A library is a name, or a name, a slash and a version; names may have slashes, too.
func passAlong(library string) passing {
	for _, p := range passings {
		start, open := strings.CutSuffix(p.names, "*")
		if rest, ok := strings.CutPrefix(library, start); ok && (open || rest == "" || rest[0] == '/') {
			return p.passing
		}
	}
	return whatever
}
