package posthog

import (
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// tokens reads what a call used: from its own properties, and what they leave open from the provider's usage object. A
// total that nobody reported is input and output together.
func tokens(pace *rawjson.Pace, f *knownAI) model.Tokens {
	t := model.Tokens{
		Input: count(f.inputTokens), Output: count(f.outputTokens), Total: count(f.totalTokens),
		CacheRead: count(f.cacheRead), CacheWrite: count(f.cacheWrite), Reasoning: count(f.reasoning),
	}
	if isObject(f.usage) {
		addUsage(pace, &t, f.usage)
	}
	if t.Total < 0 && t.Input >= 0 && t.Output >= 0 {
		t.Total = t.Input + t.Output
	}
	return t
}

// addUsage reads the usage objects of OpenAI's two APIs and of those who copy them.
func addUsage(pace *rawjson.Pace, t *model.Tokens, usage []byte) {
	set := func(to *int64, v []byte) {
		if *to < 0 {
			*to = count(v)
		}
	}
	for key, v := range pace.Members(usage) {
		switch string(key) {
		case "prompt_tokens", "input_tokens":
			set(&t.Input, v)
		case "completion_tokens", "output_tokens":
			set(&t.Output, v)
		case "total_tokens":
			set(&t.Total, v)
		case "prompt_tokens_details", "input_tokens_details":
			set(&t.CacheRead, pace.Member(v, "cached_tokens"))
		case "completion_tokens_details", "output_tokens_details":
			set(&t.Reasoning, pace.Member(v, "reasoning_tokens"))
		case "cache_read_input_tokens":
			set(&t.CacheRead, v)
		case "cache_creation_input_tokens":
			set(&t.CacheWrite, v)
		}
	}
}

// count reads a number of tokens, -1 when there is none that can be true.
func count(v []byte) int64 {
	f, ok := number(v)
	if !ok || f < 0 || f > 1e12 {
		return -1
	}
	return int64(f)
}
