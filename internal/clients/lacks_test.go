package clients

import (
	"strings"
)

// Reasons that hold for several clients.
const (
	noFirstToken   = "it does not send when the first token came"
	noCache        = "it does not send how much of the prompt was cached, so that the cost is that of a prompt without a cache"
	stopIsEnd      = "it sends a stream that its caller stopped like one that ended"
	stopIsLost     = "it sends nothing of a stream that its caller stopped"
	stopIsError    = "it sends a stream that its caller stopped as one with the stop reason error, without an error"
	errorIsLost    = "it sends nothing of a call that failed"
	noConversation = "it has no name for a conversation"
	noTools        = "it does not send what tools a call could use"
	noStreamUsage  = "it does not send what a streamed answer used"
)

// lacks says, for each client and column that does not work, why.
var lacks = map[string]map[string]string{
	"agent-framework":             of("first token", noFirstToken, "tools", "it names the tools on the span of the agent alone", "stop", stopIsEnd, "conversation", noConversation),
	"google-adk":                  of("first token", noFirstToken, "messages", "it sends the same, and adds to the instructions who the agent is, as it does for the model", "stop", stopIsEnd),
	"langfuse":                    of("stop", stopIsEnd),
	"langfuse-3":                  of("stop", stopIsEnd),
	"langfuse-4":                  of("stop", stopIsEnd),
	"langfuse-js":                 of("arrives, stop", stopIsLost),
	"langsmith":                   of("first token", noFirstToken, "stop", stopIsEnd),
	"litellm":                     of("arrives", "of failed calls and of streams that were stopped nothing arrives", "first token", noFirstToken, "tools", noTools, "errors", errorIsLost, "stop", stopIsLost),
	"logfire":                     of("first token", noFirstToken, "stop", stopIsEnd, "conversation", noConversation),
	"mastra":                      of("tools", noTools, "messages", "what a call was asked, and the tools that it called, are on the span of the step around it", "errors", "why a call failed is on the span of the step around it, and in a log", "stop", stopIsEnd),
	"mlflow":                      of("arrives, stop", stopIsLost, "first token", noFirstToken, "conversation", "it sends the ids of a conversation and a person with its metrics alone"),
	"openinference":               of("stop", stopIsEnd),
	"openinference-anthropic":     of("stop", stopIsEnd),
	"openinference-js":            of("arrives", "of failed calls and of streams that were stopped nothing arrives", "tokens, cache, cost", noStreamUsage, "first token", noFirstToken, "errors", errorIsLost, "stop", stopIsLost),
	"openinference-langchain":     of("first token", noFirstToken),
	"openllmetry":                 of("stop", stopIsEnd, "conversation", noConversation),
	"openllmetry-0.40":            of("arrives, stop", stopIsLost, "tokens, cache, cost", noStreamUsage, "conversation", noConversation),
	"openllmetry-anthropic":       of("tokens, cost", "it counts a token twice that a stream begins with", "stop", stopIsLost, "conversation", noConversation),
	"openllmetry-anthropic-0.40":  of("arrives", "of failed calls and of streams that were stopped nothing arrives", "tokens, cache, cost", noStreamUsage, "first token", noFirstToken, "errors", errorIsLost, "stop", stopIsLost, "conversation", noConversation),
	"openllmetry-js":              of("arrives", "of failed calls and of streams that were stopped nothing arrives", "tokens, cost", noStreamUsage, "cache", noCache, "first token", noFirstToken, "errors", errorIsLost, "stop", stopIsLost, "conversation", noConversation),
	"otel-genai-openai":           of("stop", stopIsError, "conversation", noConversation),
	"otel-openai-v2":              of("cache, cost", noCache, "first token", noFirstToken, "tools", noTools, "stop", stopIsEnd, "conversation", noConversation),
	"otel-openai-v2-latest":       of("cache, cost", noCache, "first token", noFirstToken, "tools", noTools, "stop", stopIsError, "conversation", noConversation),
	"posthog-anthropic-py":        of("first token", noFirstToken),
	"posthog-gemini-js":           of("messages", "it leaves out the calls of tools and their results in what a call was asked, and the id of a call", "stop", stopIsEnd),
	"posthog-gemini-py":           of("first token", noFirstToken, "stop", stopIsEnd),
	"posthog-langchain-js":        of("arrives, stop", stopIsLost, "cache, cost", noCache, "first token", noFirstToken, "messages", "it leaves out whose result a tool's message is"),
	"posthog-langchain-py":        of("first token", noFirstToken, "messages", "it leaves out whose result a tool's message is", "stop", "it does not send what was said before a stream was stopped"),
	"posthog-openai-agents-js":    of("first token", noFirstToken, "tools", noTools, "stop", stopIsEnd),
	"posthog-openai-agents-py":    of("first token", noFirstToken, "tools", noTools, "errors", "the text of an error is that of the Agents SDK, without the provider's", "stop", stopIsEnd),
	"posthog-openai-async-py":     of("first token", noFirstToken),
	"posthog-openai-py":           of("first token", noFirstToken),
	"posthog-openai-responses-js": of("stop", "it does not send what was said before a stream was stopped"),
	"posthog-openai-responses-py": of("first token", noFirstToken, "stop", "it does not send what was said before a stream was stopped"),
	"posthog-otel-js":             of("arrives, stop", stopIsLost),
	"posthog-otel-py":             of("cache, cost", noCache, "first token", noFirstToken, "tools", noTools, "stop", stopIsError, "conversation", noConversation),
	"pydantic-ai":                 of("stop", stopIsEnd),
	"pydantic-ai-2":               of("stop", stopIsEnd),
	"pydantic-ai-3":               of("stop", stopIsEnd),
	"sentry-js":                   of("first token", noFirstToken, "errors", "it sends why a call failed to Sentry alone", "stop", stopIsEnd),
	"semantic-kernel":             of("cache, cost", noCache, "first token", noFirstToken, "tools", noTools, "stop", stopIsLost, "conversation", noConversation),
	"strands":                     of("arrives, stop", stopIsLost, "tools", "it names the tools on the span of the agent alone"),
	"strands-latest":              of("arrives, stop", stopIsLost, "tools", "it names the tools on the span of the agent alone"),
	"vercel-5":                    of("arrives, stop", stopIsLost, "cache, cost", "it does not send how much of the prompt was cached unless the answer is streamed"),
	"vercel-6":                    of("arrives, stop", stopIsLost),
	"vercel-7":                    of("stop", stopIsLost),
}

// of makes the reasons of a client from pairs: columns with commas between them, and why these do not work.
func of(pairs ...string) map[string]string {
	all := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		for column := range strings.SplitSeq(pairs[i], ", ") {
			all[column] = pairs[i+1]
		}
	}
	return all
}
