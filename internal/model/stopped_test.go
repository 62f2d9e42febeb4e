package model

import "testing"

func TestAborted(t *testing.T) {
	for _, tt := range []struct {
		name            string
		status          int32
		reason          string
		errorName, says string
		want            bool
	}{
		{name: "nothing", want: false},
		{name: "an answer that ended", status: 200, reason: "stop"},
		{name: "an answer that was too long", status: 200, reason: "length"},
		{name: "the client left a gateway", status: 499, says: "upstream request failed", want: true},
		{name: "OpenAI's responses", status: 200, reason: "cancelled", want: true},
		{name: "vLLM", reason: "abort", want: true},
		{name: "Cohere", reason: "USER_CANCEL", want: true},
		{name: "fetch", status: 500, errorName: "AbortError", says: "This operation was aborted", want: true},
		{name: "fetch, with a reason of the program's", errorName: "AbortError", says: "pressed stop", want: true},
		{name: "fetch, told by its message", says: "The user aborted a request.", want: true},
		{name: "OpenAI for JavaScript", status: 500, errorName: "Error", says: "Request was aborted.", want: true},
		{name: "Next.js", errorName: "ResponseAborted", want: true},
		{name: "asyncio with posthog-python", says: "cancelled", want: true},
		{name: "asyncio with LangChain", says: "CancelledError", want: true},
		{name: "asyncio with words", says: "CancelledError: Cancelled by cancel scope 7f1c", want: true},
		{name: "a generator that was closed", says: "GeneratorExit()", want: true},
		{name: "Go", says: `Post "https://api.openai.com/v1/chat/completions": context canceled`, want: true},
		{name: "the Vercel AI SDK", errorName: "Error", says: "Vercel AI SDK stream was cancelled", want: true},

		{name: "a time limit of fetch", errorName: "TimeoutError", says: "The operation was aborted due to timeout"},
		{name: "a time limit for which a client aborts", errorName: "AbortError", says: "Request timed out."},
		{name: "a time limit of Go", says: `Post "https://x.test": context deadline exceeded`},
		{name: "a connection that broke", says: "('Connection aborted.', RemoteDisconnected('Remote end closed connection without response'))"},
		{name: "a socket that broke", errorName: "Error", says: "aborted"},
		{name: "a database", says: "ERROR: current transaction is aborted, commands ignored until end of transaction block"},
		{name: "a tool that says it", says: "The order was cancelled"},
		{name: "an overload", status: 529, errorName: "APIError", says: "529 overloaded"},
	} {
		if got := Aborted(tt.status, tt.reason, tt.errorName, tt.says); got != tt.want {
			t.Errorf("%s: %t, want %t", tt.name, got, tt.want)
		}
	}
}
