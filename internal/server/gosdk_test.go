package server

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/servertest"
)

// The example of the Go SDK, which is a module of its own, is built and run as users do: its call of a model is linked to the recording of the browser that asked.
func TestTheGoSDKLinks(t *testing.T) {
	s, c := start(t, testConfig(t.TempDir()))
	recording := servertest.Snapshot(time.Now(), "visit-1", "tab-1", true)
	recording.Properties["token"], recording.Properties["distinct_id"] = testToken, "user_1"
	c.Capture(t, "/s/", recording)
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for _, data := range []string{
			`{"id":"c1","model":"gpt-5-mini","choices":[{"index":0,"delta":{"role":"assistant","content":"It left "}}]}`,
			`{"id":"c1","model":"gpt-5-mini","choices":[{"index":0,"delta":{"content":"on Monday."},"finish_reason":"stop"}]}`,
			`{"id":"c1","model":"gpt-5-mini","choices":[],"usage":{"prompt_tokens":12,"completion_tokens":5,"total_tokens":17}}`, `[DONE]`,
		} {
			_, _ = fmt.Fprintf(w, "data: %s\n\n", data)
		}
	}))
	t.Cleanup(provider.Close)

	bin := filepath.Join(t.TempDir(), "example")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", bin, "./example")
	build.Dir = filepath.Join("..", "..", "sdk", "go")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	app := exec.CommandContext(t.Context(), bin)
	app.Env = []string{"PLAYHEAD_HOST=" + s.LocalURL(), "PLAYHEAD_TOKEN=" + testToken, "OPENAI_BASE_URL=" + provider.URL, "LISTEN=127.0.0.1:0"}
	app.Stderr = t.Output()
	out, err := app.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := app.Start(); err != nil {
		t.Fatal(err)
	}
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, strings.TrimSpace(address)+"/api/chat", strings.NewReader(`{"conversation":"chat-1","message":"Where is my order?"}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-POSTHOG-SESSION-ID", "visit-1")
	request.Header.Set("X-POSTHOG-WINDOW-ID", "tab-1")
	request.Header.Set("X-POSTHOG-DISTINCT-ID", "user_1")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	said, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if err != nil || !strings.Contains(string(said), "on Monday.") {
		t.Fatalf("the browser got %q, %v", said, err)
	}
	if err := app.Process.Signal(os.Interrupt); err != nil { // it sends what waits before it ends
		t.Fatal(err)
	}
	if err := app.Wait(); err != nil {
		t.Fatal(err)
	}

	var list struct {
		Items []struct {
			InputPreview   string `json:"input_preview"`
			OutputPreview  string `json:"output_preview"`
			ConversationID string `json:"conversation_id"`
			Library        string
			Tokens         struct{ Input, Output int }
			Link           struct {
				State     string
				SessionID string `json:"session_id"`
			}
		}
	}
	c.Read(t, "/api/generations", &list)
	if len(list.Items) != 1 {
		t.Fatalf("%+v", list)
	}
	g := list.Items[0]
	if g.Link.State != "linked" || g.Link.SessionID != "visit-1" || g.InputPreview != "Where is my order?" || g.OutputPreview != "It left on Monday." || g.ConversationID != "chat-1" ||
		g.Tokens.Input != 12 || g.Tokens.Output != 5 || !strings.HasPrefix(g.Library, "playhead-go/") {
		t.Errorf("%+v", g)
	}
}
