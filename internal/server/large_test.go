package server

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/playheadhq/playhead/internal/config"
	"github.com/playheadhq/playhead/internal/query"
	"github.com/playheadhq/playhead/internal/zipf"
)

// readRaw reads an event's input as it was sent, in parts of a number of bytes, and counts them.
func readRaw(t *testing.T, c *client, id string, limit int) (string, int) {
	t.Helper()
	var all strings.Builder
	for offset, parts := int64(0), 1; ; parts++ {
		var part query.Raw
		c.Read(t, fmt.Sprintf("/api/generations/%s/raw?of=input&limit=%d&offset=%d", id, limit, offset), &part)
		all.WriteString(part.Text)
		if part.Next == nil {
			return all.String(), parts
		}
		offset = *part.Next
	}
}

// readInput reads an event's input as messages: those at its beginning, and what follows in pages of 500.
func readInput(t *testing.T, c *client, id string) (one query.GenerationDetail, all []query.Message) {
	t.Helper()
	c.Read(t, "/api/generations/"+id, &one)
	all = one.Content.Input
	for next := one.Content.InputNext; next != nil; {
		var page query.List[query.Message]
		c.Read(t, "/api/generations/"+id+"/messages?of=input&limit=500&cursor="+url.QueryEscape(*next), &page)
		all, next = append(all, page.Items...), page.Next
	}
	return one, all
}

// A prompt of ten million bytes is whole in every place: as it was sent, as messages, in searches for its last words, and in exports. So is one from
// OpenTelemetry. What is larger than limits.max_event is cut, and this is said of the event, of its trace and on the Setup page.
func TestLargePrompts(t *testing.T) {
	t.Run("duckdb", func(t *testing.T) { testLargePrompts(t, testConfig(t.TempDir())) })
	t.Run("clickhouse", func(t *testing.T) {
		testLargePrompts(t, nodeConfig(t, runClickHouse(t).URL("large"), t.TempDir()))
	})
}

func testLargePrompts(t *testing.T, config *config.Config) {
	s, c := start(t, config)
	prompt := zipf.NewWriter(3).Text(10_000_000) + " the veryend of it"
	input := []map[string]any{{"role": "user", "content": prompt}}
	whole := generation(time.Now(), "large", map[string]any{"$ai_input": input})
	c.Capture(t, "/batch/", whole)
	body := `{"resourceSpans":[{"scopeSpans":[{"spans":[` + spanJSON("00000000000000c1", "", "chat gpt-4o", time.Now(), attributeJSON("gen_ai.operation.name", "chat")+","+
		attributeJSON("gen_ai.input.messages", `[{"role":"user","parts":[{"type":"text","content":"`+prompt+`"}]}]`)) + `]}]}]}`
	if res := c.Do(t, "POST", "/v1/traces", []byte(body), "Content-Type: application/json", "Authorization: Bearer "+testToken); res.Status != 200 {
		t.Fatal(res.Status, string(res.Body))
	}

	var found query.List[query.Generation]
	c.Read(t, "/api/generations?q="+`%22the%20veryend%20of%20it%22`, &found)
	if len(found.Items) != 2 {
		t.Fatalf("%d generations with these words, want 2", len(found.Items))
	}
	for _, g := range found.Items {
		if g.Truncated {
			t.Errorf("%s is cut", g.ID)
		}
		raw, parts := readRaw(t, c, g.ID, 1<<20)
		if !gjson.Valid(raw) || gjson.Get(raw, "0.content").String()+gjson.Get(raw, "0.parts.0.content").String() != prompt || parts < 10 {
			t.Errorf("%s: %d bytes in %d parts", g.ID, len(raw), parts)
		}
		var text strings.Builder
		_, messages := readInput(t, c, g.ID)
		for _, m := range messages {
			text.WriteString(m.Parts[0].Text)
		}
		if text.String() != prompt {
			t.Errorf("%s: its messages have %d bytes, want %d", g.ID, text.Len(), len(prompt))
		}
	}

	r, err := http.Get(s.LocalURL() + "/api/export/generations?format=jsonl&columns=id,input")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	lines, rows := bufio.NewReader(r.Body), 0
	for {
		line, err := lines.ReadString('\n')
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if rows++; !strings.Contains(line, "the veryend of it") || len(line) < len(prompt) {
			t.Errorf("row %d has %d bytes", rows, len(line))
		}
	}
	if rows != 2 {
		t.Errorf("%d rows were exported", rows)
	}

	larger := generation(time.Now(), "larger", map[string]any{"$ai_input": []map[string]any{{"role": "user", "content": prompt + prompt}}})
	c.Capture(t, "/batch/", larger)
	var cut query.GenerationDetail
	c.Read(t, "/api/generations/"+larger.UUID, &cut)
	if !cut.Truncated || cut.Content.InputBytes > 16<<20 || cut.Content.InputBytes < 15<<20 {
		t.Errorf("cut: %v, %d bytes", cut.Truncated, cut.Content.InputBytes)
	}
	var trace query.TraceDetail
	c.Read(t, "/api/traces/larger", &trace)
	status := string(c.Get(t, "/api/status").Body)
	if refused := gjson.Get(status, `refusals.#(reason=="truncated")`); !trace.Truncated || !strings.Contains(refused.Raw, "16777216 bytes allowed") {
		t.Errorf("the trace is cut: %v; status %s", trace.Truncated, status)
	}
}
