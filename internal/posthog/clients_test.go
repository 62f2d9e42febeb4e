package posthog_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/playheadhq/playhead/internal/ingest"
)

// TestClients checks everything in the events of unmodified clients except the messages, which package llm tests.
func TestClients(t *testing.T) {
	tests := []struct {
		client, name string // the file and the case; the case's first generation is tested
		library      string // "" is not checked
		err, stop    string
		cached       int64
		total        int64
		title        string
	}{
		{client: "openai-js", name: "js_chat_error_plain", library: "posthog-ai/8.13.1", err: "The model is overloaded"},
		{client: "openai-py", name: "py_chat_error_plain", library: "posthog-ai/7.91.1", err: "Error code: 400 - The model is overloaded"},
		{client: "anthropic-js", name: "error", err: "400 The model is overloaded"},
		{client: "anthropic-py", name: "error", err: "Error code: 400 - The model is overloaded"},
		{client: "vercel-5", name: "error", err: "The model is overloaded"},
		{client: "vercel-6", name: "error", err: "The model is overloaded"},
		{client: "langchain-js", name: "error", err: "The model is overloaded"},
		{client: "langchain-py", name: "error", err: "OpenAIInvalidRequestError: Error code: 400 - The model is overloaded"},
		{client: "openai-agents-py", name: "loop", stop: "completed", cached: 4, total: 25, title: "What is the weather in Zürich?"},
		{client: "gemini-py", name: "think", stop: "STOP", total: 63},
		{client: "litellm", name: "text", library: "litellm", stop: "stop", cached: 4, total: 18},
		{client: "litellm", name: "tools", stop: "tool_calls", cached: 4, total: 18},
		{client: "anthropic-py", name: "results", stop: "end_turn", title: "What is the weather in Zürich?"},
		{client: "pydantic-ai", name: "loop-v5", stop: "tool_call"},
	}
	for _, tt := range tests {
		t.Run(tt.client+" "+tt.name, func(t *testing.T) {
			line, _ := sent(t, tt.client, tt.name)
			m, _ := stored(t, ingest.Limits{}, line)
			e, c := m.One(t)
			if tt.library != "" && e.Library != tt.library {
				t.Errorf("library %q, want %q", e.Library, tt.library)
			}
			if e.Error != tt.err || e.IsError != (tt.err != "") {
				t.Errorf("error %q, want %q", e.Error, tt.err)
			}
			if tt.stop != "" && e.StopReason != tt.stop {
				t.Errorf("stop reason %q, want %q", e.StopReason, tt.stop)
			}
			if tt.cached > 0 && e.Tokens.CacheRead != tt.cached || tt.total > 0 && e.Tokens.Total != tt.total {
				t.Errorf("tokens %+v, want %d cached of %d", e.Tokens, tt.cached, tt.total)
			}
			if tt.title != "" && c.InputPreview != tt.title {
				t.Errorf("title %q, want %q", c.InputPreview, tt.title)
			}
		})
	}
}

// TestLiteLLMTimes: LiteLLM sends its events seconds later and without a time of their own. They only say when the provider was asked and when it
// answered.
func TestLiteLLMTimes(t *testing.T) {
	line, timed := sent(t, "litellm", "text")
	if timed {
		t.Fatal("the fixture has a time")
	}
	line = strings.Replace(line, `"llm_api_timing_windows":[[1795721340.284027,1795721340.330992]]`, `"llm_api_timing_windows":[[1795420790.25,1795420790.5],[1795420791,1795420791.75]]`, 1)
	m, _ := stored(t, ingest.Limits{}, line)
	if e, _ := m.One(t); e.TimeMS != 1795420791750 || e.StartMS != 1795420790250 || e.LatencyMS != 1500 || e.Untimed {
		t.Errorf("ended %d, began %d, took %v; untimed %v", e.TimeMS, e.StartMS, e.LatencyMS, e.Untimed)
	}
	for _, bad := range []string{`[]`, `[[5]]`, `[["a","b"]]`, `[[1795420791,1795420790]]`, `"x"`, `[[1e300,1e301]]`} {
		m, _ := stored(t, ingest.Limits{}, strings.Replace(line, `[[1795420790.25,1795420790.5],[1795420791,1795420791.75]]`, bad, 1))
		if e, _ := m.One(t); !e.Untimed || e.TimeMS != received {
			t.Errorf("%s: at %d, untimed %v", bad, e.TimeMS, e.Untimed)
		}
	}
}

// sent returns the first generation that a client sent in a case, and whether it had a time.
func sent(t *testing.T, client, name string) (event string, timed bool) {
	t.Helper()
	b, err := os.ReadFile("../llm/testdata/clients/" + client + ".jsonl")
	if err != nil {
		t.Fatal(err)
	}
	sc := bufio.NewScanner(bytes.NewReader(b))
	for sc.Buffer(nil, 1<<20); sc.Scan(); {
		var c struct {
			Case, Event string
			Timed       bool
			Properties  json.RawMessage
		}
		if err := json.Unmarshal(sc.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		if c.Case == name && c.Event == "$ai_generation" {
			return `{"event":"$ai_generation","distinct_id":"u1","properties":` + string(c.Properties) + `}`, c.Timed
		}
	}
	t.Fatalf("%s has no case %s", client, name)
	return "", false
}
