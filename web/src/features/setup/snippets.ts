// The code to paste, with the reader's own server and token. It is the code of PostHog's documentation for linking LLM events
// to session replays, with another host.

export interface Snippet {
  id: string;
  name: string;
  install: string;
  code: string;
  note: string;
}

export interface Place {
  /** This server's address, without a slash at the end. */
  host: string;
  token: string;
}

/** A string literal that means the same in JavaScript, Python and Go. */
const quote = (s: string): string => JSON.stringify(s);

export function browser({ host, token }: Place, option: "headers" | "body"): Snippet {
  if (option === "headers") {
    return {
      id: "browser",
      name: "Browser",
      install: "npm install posthog-js",
      note: "Name your backend's hosts: requests to them get the headers X-POSTHOG-SESSION-ID, -WINDOW-ID and -DISTINCT-ID. A backend on another origin must allow these headers in its CORS answer.",
      code: `import posthog from 'posthog-js'

posthog.init(${quote(token)}, {
  api_host: ${quote(host)},
  __add_tracing_headers: ['api.your-app.com'], // your backend's hostnames
})`,
    };
  }
  return {
    id: "browser",
    name: "Browser",
    install: "npm install posthog-js",
    note: "Send the session id along with each request yourself.",
    code: `import posthog from 'posthog-js'

posthog.init(${quote(token)}, {
  api_host: ${quote(host)},
})

const response = await fetch('/api/chat', {
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify({
    message: userInput,
    sessionId: posthog.get_session_id(),
  }),
})`,
  };
}

/** The address for gRPC of the server that is at an address for HTTP. It has a port of its own and no TLS. */
function grpcAddress(host: string): string {
  const hostname = URL.canParse(host) ? new URL(host).hostname : "127.0.0.1";
  return `http://${hostname}:4317`;
}

export function backends({ host, token }: Place, option: "headers" | "body"): Snippet[] {
  const headers = option === "headers";
  const bearer = quote("authorization=Bearer%20" + token);
  const fromHttpSpan = headers
    ? '\nexport OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_SERVER_REQUEST="x-posthog-session-id,x-posthog-window-id,x-posthog-distinct-id"'
    : '\n# span.set_attribute("$session_id", session_id)';
  // Next.js: the body is read either way.
  const read = headers ? "const { messages } = await req.json()\n  const sessionId = req.headers.get('x-posthog-session-id') ?? ''" : "const { messages, sessionId } = await req.json()";
  // The AI SDK 7 copies nothing of the context to its spans unless it is named.
  const context = "runtimeContext: { $session_id: sessionId }, // links the call to the replay\n    telemetry: { includeRuntimeContext: { $session_id: true } },";
  const metadata = "experimental_telemetry: { isEnabled: true, metadata: { $session_id: sessionId } }, // links the call to the replay";
  const route = (telemetry: string) => `// app/api/chat/route.ts
import { openai } from '@ai-sdk/openai'
import { convertToModelMessages, streamText } from 'ai'

export async function POST(req: Request) {
  ${read}
  const result = streamText({
    model: openai('gpt-5-mini'),
    messages: await convertToModelMessages(messages),
    ${telemetry}
  })
  return result.toUIMessageStreamResponse()
}`;
  const nextEnvironment = `# .env
OTEL_EXPORTER_OTLP_ENDPOINT=${quote(host)}
OTEL_EXPORTER_OTLP_HEADERS=${bearer}`;
  const sessionInPython = headers ? 'request.headers.get("X-POSTHOG-SESSION-ID", "")' : 'request.json.get("sessionId", "")';
  return [
    {
      id: "node",
      name: "Node",
      install: "npm install @posthog/ai posthog-node openai",
      note: "",
      code: `import { OpenAI } from '@posthog/ai/openai'
import { PostHog } from 'posthog-node'

const posthog = new PostHog(${quote(token)}, { host: ${quote(host)} })
const openai = new OpenAI({ apiKey: process.env.OPENAI_API_KEY, posthog })

app.post('/api/chat', async (req, res) => {
  const sessionId = ${headers ? "req.headers['x-posthog-session-id']" : "req.body.sessionId"}
  const response = await openai.chat.completions.create({
    model: 'gpt-5-mini',
    messages: [{ role: 'user', content: req.body.message }],
    posthogDistinctId: req.userId,
    posthogProperties: {
      $session_id: sessionId, // links the call to the replay
    },
  })
  res.json({ response: response.choices[0].message.content })
})`,
    },
    {
      id: "python",
      name: "Python",
      install: "pip install posthog openai",
      note: "",
      code: `import os
from posthog import Posthog
from posthog.ai.openai import OpenAI

posthog = Posthog(${quote(token)}, host=${quote(host)})
client = OpenAI(api_key=os.environ["OPENAI_API_KEY"], posthog_client=posthog)

@app.route("/api/chat", methods=["POST"])
def chat():
    session_id = ${headers ? 'request.headers.get("X-POSTHOG-SESSION-ID")' : 'request.json.get("sessionId")'}
    response = client.chat.completions.create(
        model="gpt-5-mini",
        messages=[{"role": "user", "content": request.json["message"]}],
        posthog_distinct_id=current_user.id,
        posthog_properties={
            "$session_id": session_id,  # links the call to the replay
        },
    )
    return jsonify({"response": response.choices[0].message.content})`,
    },
    {
      id: "go",
      name: "Go",
      install: "go get github.com/playheadhq/playhead/sdk/go",
      note: "The transport records calls of the APIs of OpenAI, Anthropic, Gemini and Ollama, streamed or not. A whole backend is in sdk/go/example.",
      code: `client, err := playhead.New(playhead.Config{Host: ${quote(host)}, Token: ${quote(token)}})
if err != nil {
	log.Fatal(err)
}
defer client.Close(context.Background())
models := &http.Client{Transport: client.Transport(nil)} // give it to the SDK of your model

chat := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	ctx, _ := playhead.NewTrace(r.Context(), "chat")${headers ? "" : "\n\tctx = playhead.WithSession(ctx, playhead.Session{ID: body.SessionID}) // links the call to the replay: $session_id"}
	answer, err := ask(ctx, models, question) // your LLM call, with this context
	// …
})
http.Handle("POST /api/chat", ${headers ? "playhead.Middleware(chat)) // reads X-POSTHOG-SESSION-ID, which links the call to the replay" : "chat)"}`,
    },
    {
      id: "otlp",
      name: "OpenTelemetry",
      install: "OTLP over HTTP, protobuf or JSON",
      note: headers
        ? "Any SDK, instrumentation or Collector. Send whole traces: the span of the request has the session id if the HTTP server's instrumentation records request headers. The last line does that in Python; docs/opentelemetry.md has the others."
        : "Any SDK, instrumentation or Collector. Put the session id from the body into the attribute $session_id of any span of the trace; docs/opentelemetry.md says how for each instrumentation.",
      code: `export OTEL_EXPORTER_OTLP_PROTOCOL="http/protobuf" # Python's default is gRPC
export OTEL_EXPORTER_OTLP_ENDPOINT=${quote(host)}
export OTEL_EXPORTER_OTLP_HEADERS=${bearer}${fromHttpSpan}`,
    },
    {
      id: "otlp-grpc",
      name: "OpenTelemetry, gRPC",
      install: "playhead serve --otlp-grpc 0.0.0.0:4317",
      note: "gRPC has an address of its own, which is off by default and has no TLS: start the server with the line above, and reach it over a private network or through a proxy with TLS. Everything else is as for OpenTelemetry over HTTP.",
      code: `export OTEL_EXPORTER_OTLP_PROTOCOL=grpc
export OTEL_EXPORTER_OTLP_ENDPOINT=${quote(grpcAddress(host))}
export OTEL_EXPORTER_OTLP_HEADERS=${bearer}${fromHttpSpan}`,
    },
    {
      id: "vercel",
      name: "Vercel AI SDK",
      install: "npm install ai @ai-sdk/openai @ai-sdk/otel @vercel/otel @opentelemetry/api",
      note: "For the AI SDK 7 in Next.js. Do not set OTEL_EXPORTER_OTLP_PROTOCOL to grpc: @vercel/otel sends over HTTP alone.",
      code: `${nextEnvironment}

// instrumentation.ts
import { OpenTelemetry } from '@ai-sdk/otel'
import { registerOTel } from '@vercel/otel'
import { registerTelemetry } from 'ai'

export function register() {
  registerOTel({ serviceName: 'chat' })
  registerTelemetry(new OpenTelemetry({ runtimeContext: true }))
}

${route(context)}`,
    },
    {
      id: "vercel-6",
      name: "Vercel AI SDK 5, 6",
      install: "npm install ai@6 @ai-sdk/openai@3 @vercel/otel @opentelemetry/api",
      note: "For the AI SDK 6 in Next.js; the AI SDK 5 (with @ai-sdk/openai@2) is told the same. Do not set OTEL_EXPORTER_OTLP_PROTOCOL to grpc: @vercel/otel sends over HTTP alone.",
      code: `${nextEnvironment}

// instrumentation.ts
import { registerOTel } from '@vercel/otel'

export function register() {
  registerOTel({ serviceName: 'chat' })
}

${route(metadata)}`,
    },
    {
      id: "posthog-otel",
      name: "PostHog's exporter",
      install: "npm install @posthog/ai @opentelemetry/exporter-trace-otlp-http @opentelemetry/sdk-trace-base ai @ai-sdk/openai @ai-sdk/otel @vercel/otel @opentelemetry/api",
      note: "It sends the spans of AI alone, not that of the HTTP server. So the id must be on the AI spans: here from the context of each call of the AI SDK 7.",
      code: `// instrumentation.ts
import { OpenTelemetry } from '@ai-sdk/otel'
import { PostHogTraceExporter } from '@posthog/ai/otel'
import { registerOTel } from '@vercel/otel'
import { registerTelemetry } from 'ai'

export function register() {
  registerOTel({ serviceName: 'chat', traceExporter: new PostHogTraceExporter({ projectToken: ${quote(token)}, host: ${quote(host)} }) })
  registerTelemetry(new OpenTelemetry({ runtimeContext: true }))
}

${route(context)}`,
    },
    {
      id: "posthog-otel-python",
      name: "PostHog's processor, Python",
      install: "pip install 'posthog[otel]'",
      note: "It sends the spans of AI alone, not that of the HTTP server. So the id must be on the AI spans: it comes from the request's context, which PostHog's middleware for Django, Flask and ASGI sets, too. OpenTelemetry's instrumentations put messages on spans if OTEL_SEMCONV_STABILITY_OPT_IN is gen_ai_latest_experimental and OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT is SPAN_ONLY.",
      code: `from posthog import new_context, set_context_session
from posthog.ai.otel import PostHogSpanProcessor

provider.add_span_processor(PostHogSpanProcessor(api_key=${quote(token)}, host=${quote(host)}))  # provider: your TracerProvider

with new_context():
    set_context_session(${sessionInPython})  # links the calls in this block to the replay: $session_id
    answer(request)`,
    },
    {
      id: "langfuse",
      name: "Langfuse SDK",
      install: "Langfuse's SDKs 3 to 5, unchanged",
      note: "The project token is the public key; the secret key may be any text. The session id goes into the metadata; the last lines do that in Python, and docs/opentelemetry.md has JavaScript's.",
      code: `export LANGFUSE_BASE_URL=${quote(host)}
export LANGFUSE_PUBLIC_KEY=${quote(token)}
export LANGFUSE_SECRET_KEY="any"

# Python
from langfuse import propagate_attributes

with propagate_attributes(metadata={"$session_id": ${sessionInPython}}):
    answer(request)`,
    },
    {
      id: "http",
      name: "HTTP",
      install: "any language, PostHog's batch format",
      note: "One $ai_generation event for each call. docs/linking.md says what else links a call to its recording.",
      code: `curl ${quote(host + "/batch/")} -H 'Content-Type: application/json' -d '{
  "api_key": ${quote(token)},
  "batch": [{"event": "$ai_generation", "distinct_id": "ada", "properties": {
    "$ai_trace_id": "t-1", "$session_id": "the browser session", "$ai_model": "gpt-5-mini", "$ai_provider": "openai",
    "$ai_input": [{"role": "user", "content": "hi"}], "$ai_output_choices": [{"role": "assistant", "content": "hello"}],
    "$ai_input_tokens": 9, "$ai_output_tokens": 3, "$ai_latency": 0.8
  }}]
}'`,
    },
  ];
}

/** How an agent asks this server, for the project that the page shows ("" for the first one). */
export function agents(host: string, project: string): Snippet[] {
  const address = `${host}/mcp${project === "" ? "" : `?project=${encodeURIComponent(project)}`}`;
  const note = "On a server that asks for a sign-in, the token is one of its setting read_tokens. Elsewhere leave the header out.";
  const bearer = "Bearer phr_…";
  return [
    {
      id: "claude-code",
      name: "Claude Code",
      install: "in a terminal",
      note,
      code: `claude mcp add --transport http playhead ${quote(address)} --header ${quote(`Authorization: ${bearer}`)}`,
    },
    {
      id: "cursor",
      name: "Cursor",
      install: ".cursor/mcp.json",
      note,
      code: JSON.stringify({ mcpServers: { playhead: { url: address, headers: { Authorization: bearer } } } }, null, 2),
    },
    {
      id: "vscode",
      name: "VS Code",
      install: ".vscode/mcp.json",
      note,
      code: JSON.stringify({ servers: { playhead: { type: "http", url: address, headers: { Authorization: bearer } } } }, null, 2),
    },
    {
      id: "stdio",
      name: "Programs that start a program",
      install: "claude_desktop_config.json and the like",
      note,
      code: JSON.stringify({ mcpServers: { playhead: { command: "playhead", args: ["mcp", address], env: { PLAYHEAD_MCP_TOKEN: "phr_…" } } } }, null, 2),
    },
  ];
}
