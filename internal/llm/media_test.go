package llm

import (
	"strings"
	"testing"
)

// TestMediaAt: each reference in what clients sent leads to its data, also through JSON inside of strings.
func TestMediaAt(t *testing.T) {
	pixel := "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
	message := `{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,` + pixel + `"}}]}`
	quoted := `{"role":"user","content":` + string(quote(`[{"type":"input_image","image_url":"data:image/png;base64,`+pixel+`"}]`)) + `}`
	for name, in := range map[string]string{
		"a message": message, "a list": "  [" + message + "," + message + "]", "content as a string": `[{"role":"system","content":"a"},` + quoted + `]`,
		"messages as a string": string(quote("[" + message + "]")), "in lines": strings.ReplaceAll(message, "AAAA", `AAAA\n`),
		"what a tool answered": `[{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":[{"type":"text","text":"a"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"` + pixel + `"}}]}]}]`,
		"Bedrock":              `[{"role":"user","content":[{"image":{"format":"png","source":{"bytes":"` + pixel + `"}}}]}]`,
		"Ollama":               `[{"role":"user","content":"a","images":["` + pixel + `"]}]`,
		"OpenTelemetry":        `[{"role":"user","parts":[{"type":"blob","mime_type":"image/png","content":"` + pixel + `"}]}]`,
		"Python":               string(quote(`Message(role='user', type='message', content=[Image(type='input_image', image_url='data:image/png;base64,` + pixel + `')])`)),
	} {
		t.Run(name, func(t *testing.T) {
			found := 0
			for _, limit := range []Limit{{}, {Parts: 1}} {
				for _, m := range pages(t, []byte(in), false, []Message{}, nil, limit) {
					for _, p := range m.Parts {
						if p.Media == nil {
							continue
						}
						ref, err := ParseRef(p.Media.Ref.String())
						if err != nil {
							t.Fatal(err)
						}
						data, err := MediaAt([]byte(in), ref)
						if err != nil || !strings.HasPrefix(string(data), "\x89PNG") || p.Type != PartImage {
							t.Errorf("%v %q at %v", err, data, ref)
						}
						found++
					}
				}
			}
			if found < 2 {
				t.Error("no image")
			}
		})
	}
	for _, ref := range []string{"", "x", "-1", "0", "1", "5.5", "99999999", "1.1.1.1.1.1.1"} {
		if r, err := ParseRef(ref); err == nil {
			if data, err := MediaAt([]byte(message), r); err == nil {
				t.Errorf("%q leads to %q", ref, data)
			}
		}
	}
}
