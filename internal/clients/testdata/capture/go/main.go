// The scripted conversation through unmodified clients in Go: clients CLIENT. See clients.py, which says what ADDRESS and TOKEN are and whose ids a client is told.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"time"

	playhead "github.com/playheadhq/playhead/sdk/go"
	"github.com/posthog/posthog-go"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

var address, token = os.Getenv("ADDRESS"), os.Getenv("TOKEN")

type object = map[string]any

var tools = []any{object{"type": "function", "function": object{
	"name": "get_weather", "description": "The weather of a city",
	"parameters": object{"type": "object", "properties": object{"city": object{"type": "string"}}, "required": []any{"city"}},
}}}

// answer is what a call of OpenAI's chat completions came to.
type answer struct {
	model, text, finish    string
	message                object
	prompt, cached, output int
	stopped                bool
	err                    string
	status                 int
	began, first, ended    time.Time
}

// ask makes a call; after two words it stops the stream of a story.
func ask(ctx context.Context, client *http.Client, messages []any, stream bool) (a answer) {
	request := object{"model": "gpt-4o", "messages": messages, "tools": tools}
	if stream {
		request["stream"], request["stream_options"] = true, object{"include_usage": true}
	}
	body, _ := json.Marshal(request)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r, _ := http.NewRequestWithContext(ctx, "POST", address+"/v1/chat/completions", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	a.began = time.Now()
	defer func() { a.ended = time.Now() }()
	res, err := client.Do(r)
	if err != nil {
		log.Fatal(err)
	}
	defer res.Body.Close()
	type usage struct {
		Prompt  int `json:"prompt_tokens"`
		Output  int `json:"completion_tokens"`
		Details struct {
			Cached int `json:"cached_tokens"`
		} `json:"prompt_tokens_details"`
	}
	var whole struct {
		Model   string
		Error   struct{ Message string }
		Choices []struct {
			Message object
			Delta   struct{ Content string }
			Finish  string `json:"finish_reason"`
		}
		Usage *usage
	}
	used := func(u *usage) {
		if u != nil {
			a.prompt, a.output, a.cached = u.Prompt, u.Output, u.Details.Cached
		}
	}
	a.status = res.StatusCode
	if !stream || a.status != 200 {
		if err := json.NewDecoder(res.Body).Decode(&whole); err != nil {
			log.Fatal(err)
		}
		io.Copy(io.Discard, res.Body)
		a.err, a.model = whole.Error.Message, whole.Model
		if a.err == "" {
			a.message, a.finish = whole.Choices[0].Message, whole.Choices[0].Finish
			used(whole.Usage)
		}
		return a
	}
	for lines := bufio.NewScanner(res.Body); lines.Scan(); {
		data, is := strings.CutPrefix(lines.Text(), "data: ")
		if !is || data == "[DONE]" {
			continue
		}
		whole.Choices = nil
		if err := json.Unmarshal([]byte(data), &whole); err != nil {
			log.Fatal(err)
		}
		a.model = whole.Model
		used(whole.Usage)
		if len(whole.Choices) > 0 {
			a.text += whole.Choices[0].Delta.Content
			a.finish = whole.Choices[0].Finish
			if a.first.IsZero() && a.text != "" {
				a.first = time.Now()
			}
		}
		if a.text == "Once upon " {
			a.stopped = true
			break
		}
	}
	a.message = object{"role": "assistant", "content": a.text}
	return a
}

// converse holds the conversation, and tells what each call was asked and answered.
func converse(ctx context.Context, client *http.Client, tell func(messages []any, stream bool, a answer)) {
	say := func(role, text string) object { return object{"role": role, "content": text} }
	messages := []any{say("system", "Answer briefly."), say("user", "What is the weather in Oslo today?")}
	one := func(stream bool) answer {
		a := ask(ctx, client, messages, stream)
		if tell != nil {
			tell(messages, stream, a)
		}
		return a
	}
	a := one(false)
	messages = append(messages, object{"role": "assistant", "content": nil, "tool_calls": a.message["tool_calls"]}, object{"role": "tool", "tool_call_id": "call_1", "content": "rain"})
	messages = append(messages, say("assistant", one(false).message["content"].(string)), say("user", "And tomorrow?"))
	messages = append(messages, say("assistant", one(true).text), say("user", "Tell me a story."))
	messages = append(messages, say("assistant", one(true).text), say("user", "fail"))
	if a := one(false); a.status == 200 {
		log.Fatal("the error did not come")
	}
}

// inRequest runs f in the handler of a request that has the headers of posthog-js.
func inRequest(middleware func(http.Handler) http.Handler, f func(ctx context.Context)) {
	s := httptest.NewServer(middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { f(r.Context()) })))
	defer s.Close()
	r, _ := http.NewRequest("POST", s.URL+"/chat", nil)
	r.Header.Set("X-PostHog-Session-Id", "s1")
	r.Header.Set("X-PostHog-Distinct-Id", "u1")
	if _, err := http.DefaultClient.Do(r); err != nil {
		log.Fatal(err)
	}
}

func playheadGo() {
	client, err := playhead.New(playhead.Config{Host: address, Token: token})
	if err != nil {
		log.Fatal(err)
	}
	inRequest(playhead.Middleware, func(ctx context.Context) {
		session := playhead.SessionFrom(ctx)
		ctx, t := playhead.NewTrace(playhead.WithSession(ctx, session), "POST /chat")
		t.ConversationID = "c1"
		converse(playhead.WithTrace(ctx, t), &http.Client{Transport: client.Transport(nil)}, nil)
	})
	if err := client.Close(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func posthogGo() {
	client, err := posthog.NewWithConfig(token, posthog.Config{Endpoint: address})
	if err != nil {
		log.Fatal(err)
	}
	converse(context.Background(), http.DefaultClient, func(messages []any, stream bool, a answer) {
		p := posthog.NewProperties().Set("$session_id", "s1").Set("$ai_session_id", "c1").Set("$ai_trace_id", "t1").Set("$ai_provider", "openai").Set("$ai_model", "gpt-4o").
			Set("$ai_input", messages).Set("$ai_tools", tools).Set("$ai_latency", a.ended.Sub(a.began).Seconds()).Set("$ai_http_status", a.status).Set("$ai_stream", stream)
		if a.err != "" {
			p.Set("$ai_is_error", true).Set("$ai_error", a.err)
		} else {
			p.Set("$ai_model", a.model).Set("$ai_output_choices", []any{a.message}).Set("$ai_stop_reason", a.finish)
		}
		if a.prompt > 0 {
			p.Set("$ai_input_tokens", a.prompt).Set("$ai_output_tokens", a.output).Set("$ai_cache_read_input_tokens", a.cached)
		}
		if a.stopped {
			p.Set("$ai_stop_reason", "aborted")
		}
		if !a.first.IsZero() {
			p.Set("$ai_time_to_first_token", a.first.Sub(a.began).Seconds())
		}
		if err := client.Enqueue(posthog.Capture{DistinctId: "u1", Event: "$ai_generation", Properties: p}); err != nil {
			log.Fatal(err)
		}
	})
	if err := client.Close(); err != nil {
		log.Fatal(err)
	}
}

// otelGo makes spans by hand, by the conventions of 1.41: there is no instrumentation of Go's clients.
func otelGo() {
	ctx := context.Background()
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(address+"/v1/traces"), otlptracehttp.WithHeaders(map[string]string{"Authorization": "Bearer " + token}))
	if err != nil {
		log.Fatal(err)
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	tracer := provider.Tracer("weather-bot")
	ctx, root := tracer.Start(ctx, "POST /chat", trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(
		attribute.StringSlice("http.request.header.x-posthog-session-id", []string{"s1"}), attribute.StringSlice("http.request.header.x-posthog-distinct-id", []string{"u1"})))
	converse(ctx, http.DefaultClient, func(messages []any, stream bool, a answer) {
		_, span := tracer.Start(ctx, "chat gpt-4o", trace.WithTimestamp(a.began), trace.WithSpanKind(trace.SpanKindClient))
		encoded := func(v any) string {
			b, _ := json.Marshal(v)
			return string(b)
		}
		span.SetAttributes(
			attribute.String("gen_ai.operation.name", "chat"), attribute.String("gen_ai.provider.name", "openai"), attribute.String("gen_ai.request.model", "gpt-4o"),
			attribute.String("gen_ai.conversation.id", "c1"), attribute.String("gen_ai.input.messages", encoded(parts(messages))), attribute.String("gen_ai.tool.definitions", encoded(tools)))
		switch {
		case a.err != "":
			span.SetStatus(codes.Error, a.err)
			span.SetAttributes(attribute.String("error.type", fmt.Sprint(a.status)))
		case a.stopped:
			span.SetAttributes(attribute.StringSlice("gen_ai.response.finish_reasons", []string{"cancelled"}))
		default:
			span.SetAttributes(attribute.StringSlice("gen_ai.response.finish_reasons", []string{a.finish}), attribute.Int("gen_ai.usage.input_tokens", a.prompt),
				attribute.Int("gen_ai.usage.output_tokens", a.output), attribute.Int("gen_ai.usage.cache_read.input_tokens", a.cached))
		}
		if a.err == "" {
			span.SetAttributes(attribute.String("gen_ai.response.model", a.model), attribute.String("gen_ai.output.messages", encoded(parts([]any{a.message}))))
		}
		if !a.first.IsZero() {
			span.SetAttributes(attribute.Float64("gen_ai.response.time_to_first_chunk", a.first.Sub(a.began).Seconds()))
		}
		span.End(trace.WithTimestamp(a.ended))
	})
	root.End()
	if err := provider.Shutdown(context.Background()); err != nil {
		log.Fatal(err)
	}
}

// parts are OpenAI's messages in the shape of the conventions.
func parts(messages []any) (all []object) {
	for _, m := range messages {
		m := m.(object)
		var of []object
		if id, is := m["tool_call_id"]; is {
			of = append(of, object{"type": "tool_call_response", "id": id, "response": m["content"]})
		} else if text, is := m["content"].(string); is {
			of = append(of, object{"type": "text", "content": text})
		}
		if calls, is := m["tool_calls"].([]any); is {
			for _, c := range calls {
				f := c.(object)["function"].(object)
				of = append(of, object{"type": "tool_call", "id": c.(object)["id"], "name": f["name"], "arguments": json.RawMessage(f["arguments"].(string))})
			}
		}
		all = append(all, object{"role": m["role"], "parts": of})
	}
	return all
}

func main() {
	map[string]func(){"playhead-go": playheadGo, "posthog-go": posthogGo, "otel-go": otelGo}[os.Args[1]]()
}
