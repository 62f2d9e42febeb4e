package model

import "strings"

// Aborted reports whether a call, or a span around one, ended because somebody stopped it: a user who pressed stop or left, or a program that no longer
// wanted the answer. The arguments are as sent, 0 and "" if not sent. Whole names and sentences are compared, because similar texts are errors:
// "connection aborted" is a network failure, and a time limit that ran out is an error, although clients abort the request for it.
//
//   - status: 499 is what proxies and gateways record when a client left.
//   - stopReason: "cancelled" of OpenAI's responses, "abort" of vLLM and SGLang, "aborted" of Mastra, "USER_CANCEL" of Cohere.
//   - errorName is the class of the error: AbortError of browsers and Node, CancelledError and GeneratorExit of Python, …
//   - message is the error's text. Python's clients write the class before it: "CancelledError: …".
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

// statusClientLeft is nginx's code for it. gRPC's CANCELLED maps to the same HTTP status.
const statusClientLeft = 499

// All texts are in lower case.
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
