package ingest

import (
	"bytes"
	"strings"
	"testing"

	"github.com/playheadhq/playhead/internal/heavy"
)

func TestErrorGroup(t *testing.T) {
	for text, want := range map[string]string{
		"": "",
		"Rate limit reached for gpt-4o in organization org-8fKq2xT91 on tokens per min (TPM): Limit 30000, Used 29,841": "Rate limit reached for gpt-<n>o in organization <id> on tokens per min (TPM): Limit <n>, Used <n>",
		"Error code: 429 - {'error': {'message': 'x'}}":                                                                 "Error code: <n> - {<value>: {<value>: <value>}}",
		"timeout after 30.5s (attempt 3)":                                                                               "timeout after <n> (attempt <n>)",
		"timeout after -1 ms":                                                                                           "timeout after <n> ms",
		"request req_011CSHoEeqs5C35K2UUqR7Fy failed":                                                                   "request req_<id> failed",
		"no row 9b2e8a10-4f5c-4b0e-9d0b-1f2e3d4c5b6a":                                                                   "no row <id>",
		"at 0x7ffee4bff8 of deadbeef":                                                                                   "at <id> of deadbeef",
		"cannot reach https://api.example.com/v1/chat?x=1, giving up":                                                   "cannot reach <url>, giving up",
		"GET \"http://127.0.0.1:8080/\": connection refused":                                                            "GET <value>: connection refused",
		"dial tcp 10.0.0.17:443: i/o timeout":                                                                           "dial tcp <n>: i/o timeout",
		"model `o3` doesn't exist":                                                                                      "model <value> doesn't exist",
		"it's \"unclosed":                                                                                               "it's \"unclosed",
		"  spaces \n\t and lines ":                                                                                      "spaces and lines",
		"2026-11-23T08:00:00.123Z overloaded":                                                                           "<id>:<n> overloaded",
		"Überlast: 服务器 错误 12":                                                                                           "Überlast: 服务器 错误 <n>",
		"sha256 of o200k_base v2":                                                                                       "sha<n> of o<n>k_base v<n>",
	} {
		if got := errorGroup(text); got != want {
			t.Errorf("%q is in %q, want %q", text, got, want)
		}
		if again := errorGroup(want); want != "" && again != want && !strings.Contains(want, "<") {
			t.Errorf("the group of %q is %q", want, again)
		}
	}
	if n := len(errorGroup(strings.Repeat("long ", 1000))); n > maxErrorGroup {
		t.Errorf("a group has %d bytes", n)
	}
}

// The work of errorGroup is proportional to the length of the text, whatever the text contains.
func TestErrorGroupsAreLinear(t *testing.T) {
	for _, piece := range []string{" ", "\"", "'\"`", "\"\"", "1,", "1a", "x_1", "a", "a://", "1.1."} {
		t.Run(piece, func(t *testing.T) {
			text := func(size int) []byte { return bytes.Repeat([]byte(piece), size/len(piece)) }
			heavy.LinearIn(t, 2, text, func(raw []byte) { errorGroup(string(raw)) })
		})
	}
}
