package model

import "strings"

// Aborted says whether a call, or a step around one, ended because somebody stopped it: a user who pressed stop or left, or the program
// that did not want the answer any more. The arguments are as they were sent, 0 and "" where they were not. It is decided by whole names and
// sentences: "connection aborted" is a network's failure, and a time limit that ran out is an error, though clients abort the request for it.
//
//   - status: 499 is what proxies and gateways note of a client that left.
//   - stopReason: "cancelled" of OpenAI's responses, "abort" of vLLM and SGLang, "aborted" of Mastra, "USER_CANCEL" of Cohere.
//   - errorName is the class of the error: AbortError of browsers and Node, CancelledError and GeneratorExit of Python, …
//   - message is what the error says. Python's clients write the class before it: "CancelledError: …".
func Aborted(status int32, stopReason, errorName, message string) bool {
	if status == statusClientLeft || stopReason != "" && abortReasons[strings.ToLower(stopReason)] {
		return true
	}
	if errorName == "" && message == "" {
		return false
	}
	message = strings.TrimRight(strings.ToLower(strings.TrimSpace(message)), ".")
	for _, limit := range [...]string{"timeout", "timed out", "deadline"} {
		if strings.Contains(message, limit) {
			return false
		}
	}
	class, rest, _ := strings.Cut(message, ":")
	return abortErrors[strings.ToLower(errorName)] || abortErrors[strings.TrimSuffix(class, "()")] ||
		abortMessages[message] || abortMessages[strings.TrimSpace(rest)] || strings.HasSuffix(message, ": context canceled")
}

// statusClientLeft is nginx's, and what gRPC's CANCELLED is in HTTP.
const statusClientLeft = 499

// In lower case.
var (
	abortReasons  = setOf("abort", "aborted", "cancelled", "canceled", "user_cancel", "user_abort")
	abortErrors   = setOf("aborterror", "apiuseraborterror", "responseaborted", "cancelederror", "cancellederror", "generatorexit", "keyboardinterrupt", "clientdisconnect", "cancellationexception")
	abortMessages = setOf(
		"request was aborted",                    // the clients of OpenAI and Anthropic for JavaScript
		"this operation was aborted",             // Node
		"the operation was aborted",              // Firefox
		"the user aborted a request",             // Chromium, node-fetch
		"signal is aborted without reason",       // Chromium
		"bodystreambuffer was aborted",           // Chromium, while the answer was read
		"vercel ai sdk stream was cancelled",     // @posthog/ai
		"cancelled",                              // posthog-python
		"canceled",                               // axios
		"context canceled",                       // Go
		"client disconnected",                    // gateways
		"the client disconnected",                // gateways
		"generation was aborted by the user",     // chat programs
		"stopped by user", "stopped by the user", // chat programs
		"aborted by user", "aborted by the user", // chat programs
		"cancelled by user", "cancelled by the user", // chat programs
	)
)

func setOf(all ...string) map[string]bool {
	set := make(map[string]bool, len(all))
	for _, s := range all {
		set[s] = true
	}
	return set
}
