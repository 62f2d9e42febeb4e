// Package playhead sends a Go program's calls of language models to Playhead, or to any server that accepts PostHog's LLM events, together with the
// browser session of the user for whom each call was made.
//
//	client, err := playhead.New(playhead.Config{Host: "https://playhead.example.com", Token: "phc_…"})
//	defer client.Close(context.Background())
//
//	mux.Handle("/chat", playhead.Middleware(chat))                          // reads the headers that posthog-js adds
//	models := &http.Client{Transport: client.Transport(nil)}                // give it to the SDK of OpenAI, Anthropic, Gemini or Ollama
//
// A call made with the request's context has the session id of the user's browser, so that its trace opens the recording at that moment:
//
//	request, err := http.NewRequestWithContext(r.Context(), http.MethodPost, "https://api.openai.com/v1/chat/completions", body)
//	response, err := models.Do(request)
//
// Bodies pass through unchanged and without delay; their content is read later, in the background. Events are sent in batches. If they cannot be sent
// they are dropped, with a count and a reason, so that the program is never slowed down. The package depends only on the standard library and
// google/uuid.
package playhead
