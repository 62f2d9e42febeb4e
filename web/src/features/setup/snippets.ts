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

export function backends({ host, token }: Place, option: "headers" | "body"): Snippet[] {
  const headers = option === "headers";
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
      install: "go get github.com/posthog/posthog-go",
      note: "posthog-go wraps no LLM client: send one $ai_generation event for each call.",
      code: `client, err := posthog.NewWithConfig(${quote(token)}, posthog.Config{Endpoint: ${quote(host)}})
if err != nil {
	log.Fatal(err)
}
defer client.Close()

http.HandleFunc("POST /api/chat", func(w http.ResponseWriter, r *http.Request) {
	${headers ? 'sessionID := r.Header.Get("X-POSTHOG-SESSION-ID")' : "sessionID := body.SessionID"}
	start := time.Now()
	answer, usage := ask(r.Context(), question) // your LLM call
	client.Enqueue(posthog.Capture{
		DistinctId: userID,
		Event:      "$ai_generation",
		Properties: posthog.NewProperties().
			Set("$ai_trace_id", traceID).
			Set("$session_id", sessionID). // links the call to the replay
			Set("$ai_model", "gpt-5-mini").
			Set("$ai_provider", "openai").
			Set("$ai_input", []map[string]string{{"role": "user", "content": question}}).
			Set("$ai_output_choices", []map[string]string{{"role": "assistant", "content": answer}}).
			Set("$ai_input_tokens", usage.Input).
			Set("$ai_output_tokens", usage.Output).
			Set("$ai_latency", time.Since(start).Seconds()),
	})
})`,
    },
  ];
}
