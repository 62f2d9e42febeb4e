package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestScriptedPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var first time.Duration
		var heard strings.Builder
		c, err := newScripted().stream(t.Context(), []message{{Role: "user", Content: "Compare your two tents"}}, func(s string) {
			if first == 0 {
				first = time.Since(began)
			}
			heard.WriteString(s)
		})
		if err != nil {
			t.Fatal(err)
		}
		if heard.String() != compareAnswer || c.Text != compareAnswer {
			t.Errorf("the pieces do not add up to the answer: %q", heard.String())
		}
		if c.FirstToken != first || first != 700*time.Millisecond {
			t.Errorf("first token after %v, reported %v", first, c.FirstToken)
		}
		if took := time.Since(began); took < 2*time.Second || took > 10*time.Second {
			t.Errorf("took %v: the answer is to be seen being written, without boring anyone", took)
		}
	})
}

func TestScriptedIsDeterministic(t *testing.T) {
	for _, question := range []string{"What is the best season?", "Wool or down?", "Show me your list", "日本語でお願いします"} {
		var said [2]completion
		for i := range said {
			var err error
			if said[i], err = (&scripted{}).stream(t.Context(), []message{{Role: "user", Content: question}}, func(string) {}); err != nil {
				t.Fatal(err)
			}
		}
		if said[0].Text == "" || said[0].Text != said[1].Text || said[0].ID != said[1].ID {
			t.Errorf("%s: answered %+v, then %+v", question, said[0], said[1])
		}
	}
}

func TestScriptedStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 800*time.Millisecond)
		defer cancel()
		c, err := newScripted().stream(ctx, []message{{Role: "user", Content: "hello"}}, func(string) {})
		if !errors.Is(err, context.DeadlineExceeded) || c.Text == "" || len(c.Text) >= len(helloAnswer) {
			t.Errorf("stopped early, it gave %q and %v", c.Text, err)
		}
	})
}

// openAITest serves one answer to a chat completion and returns what the client read from it.
func openAITest(t *testing.T, status int, kind, body string) (completion, string, error) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v1/chat/completions" || r.Header.Get("Authorization") != "Bearer sk-1" {
			t.Errorf("called %s with %q", r.URL.Path, r.Header.Get("Authorization"))
		}
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
		io.WriteString(w, body)
	}))
	defer server.Close()
	m := &openAI{base: server.URL + "/v1", key: "sk-1", name: "some-model", http: server.Client()}
	var heard strings.Builder
	c, err := m.stream(t.Context(), []message{{Role: "user", Content: "hi"}}, func(s string) { heard.WriteString(s) })
	return c, heard.String(), err
}

const (
	chunkHello = `data: {"id":"c1","model":"some-model-1","choices":[{"delta":{"role":"assistant","content":"Hel"}}]}` + "\n\n" +
		`data: {"id":"c1","choices":[{"delta":{"content":"lo"},"finish_reason":null}]}` + "\n\n"
	chunkEnd = `data: {"choices":[{"delta":{},"finish_reason":"stop"}]}` + "\n\n" +
		`data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}` + "\n\ndata: [DONE]\n\n"
)

func TestOpenAI(t *testing.T) {
	c, heard, err := openAITest(t, http.StatusOK, "text/event-stream; charset=utf-8", ": comment\n\n"+chunkHello+chunkEnd)
	if err != nil {
		t.Fatal(err)
	}
	if heard != "Hello" || c.Text != "Hello" || c.Model != "some-model-1" || c.ID != "c1" || c.StopReason != "stop" || c.FirstToken <= 0 {
		t.Errorf("heard %q, completion %+v", heard, c)
	}
	if c.Usage == nil || *c.Usage != (usage{3, 2, 5}) {
		t.Errorf("usage %+v", c.Usage)
	}
}

func TestOpenAIFails(t *testing.T) {
	for _, c := range []struct {
		name, kind, body string
		status           int
		want, text       string
	}{
		{"a refusal", "application/json", `{"error":{"message":"no such model"}}`, 404, "404 no such model", ""},
		{"a refusal in plain text", "text/plain", "busy\n", 503, "503 busy", ""},
		{"no stream", "application/json", `{}`, 200, "instead of a stream", ""},
		{"an error inside the stream", "text/event-stream", chunkHello + `data: {"error":{"message":"out of memory"}}` + "\n\n", 200, "out of memory", "Hello"},
		{"a stream that breaks off", "text/event-stream", chunkHello, 200, "unexpected EOF", "Hello"},
		{"not JSON", "text/event-stream", "data: oops\n\n", 200, "reading the model's answer", ""},
		{"an endless event", "text/event-stream", "data: " + strings.Repeat("x", 2<<20), 200, "more than 1048576 bytes", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, _, err := openAITest(t, c.status, c.kind, c.body)
			if err == nil || !strings.Contains(err.Error(), c.want) || got.Text != c.text {
				t.Errorf("gave %q and %v, want %q and an error with %q", got.Text, err, c.text, c.want)
			}
		})
	}
}

func TestReporterTriesAgain(t *testing.T) {
	for _, c := range []struct {
		name    string
		answers []int // status, 0 for no answer at all
		tries   int
		fails   bool
	}{
		{"at once", []int{200}, 1, false},
		{"after being away and busy", []int{0, 503, 200}, 3, false},
		{"refused", []int{401, 200}, 1, true},
		{"away for good", []int{0, 0, 0, 0, 0, 0}, reportTries, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tries := 0
				r := &reporter{playhead: "http://playhead.test", http: &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
					status := c.answers[tries]
					tries++
					if status == 0 {
						return nil, errNetwork
					}
					return &http.Response{StatusCode: status, Status: fmt.Sprint(status), Body: http.NoBody}, nil
				})}}
				err := r.send(t.Context(), &turn{})
				if (err != nil) != c.fails || tries != c.tries {
					t.Errorf("%d tries, error %v; want %d tries", tries, err, c.tries)
				}
			})
		})
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
