package posthog

import (
	"strings"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// knownUsage are the properties with a call's usage and cost.
type knownUsage struct {
	input, output, total, cacheRead, cacheWrite, cacheWrite5m, cacheWrite1h, reasoning, exclusive, usage []byte
	audioInput, audioOutput, imageInput, imageOutput, cacheReadAudio, webSearches                        []byte
	serviceTier, parameters, framework, frameworkVersion                                                 []byte
	totalCost, inputCost, outputCost, requestCost, webSearchCost                                         []byte
	inputPrice, outputPrice, cacheReadPrice, cacheWritePrice, requestPrice, webSearchPrice               []byte
}

func (f *knownUsage) field(key []byte) *[]byte {
	switch string(key) {
	case "$ai_input_tokens":
		return &f.input
	case "$ai_output_tokens":
		return &f.output
	case "$ai_total_tokens":
		return &f.total
	case "$ai_cache_read_input_tokens":
		return &f.cacheRead
	case "$ai_cache_creation_input_tokens":
		return &f.cacheWrite
	case "$ai_cache_creation_5m_input_tokens":
		return &f.cacheWrite5m
	case "$ai_cache_creation_1h_input_tokens":
		return &f.cacheWrite1h
	case "$ai_cache_reporting_exclusive":
		return &f.exclusive
	case "$ai_reasoning_tokens":
		return &f.reasoning
	case "$ai_audio_input_tokens":
		return &f.audioInput
	case "$ai_audio_output_tokens":
		return &f.audioOutput
	case "$ai_image_input_tokens":
		return &f.imageInput
	case "$ai_image_output_tokens":
		return &f.imageOutput
	case "$ai_cache_read_audio_tokens":
		return &f.cacheReadAudio
	case "$ai_web_search_count":
		return &f.webSearches
	case "$ai_usage":
		return &f.usage
	case "$ai_service_tier":
		return &f.serviceTier
	case "$ai_model_parameters":
		return &f.parameters
	case "$ai_framework":
		return &f.framework
	case "$ai_framework_version":
		return &f.frameworkVersion
	case "$ai_total_cost_usd":
		return &f.totalCost
	case "$ai_input_cost_usd":
		return &f.inputCost
	case "$ai_output_cost_usd":
		return &f.outputCost
	case "$ai_request_cost_usd":
		return &f.requestCost
	case "$ai_web_search_cost_usd":
		return &f.webSearchCost
	case "$ai_input_token_price":
		return &f.inputPrice
	case "$ai_output_token_price":
		return &f.outputPrice
	case "$ai_cache_read_token_price":
		return &f.cacheReadPrice
	case "$ai_cache_write_token_price":
		return &f.cacheWritePrice
	case "$ai_request_price":
		return &f.requestPrice
	case "$ai_web_search_price":
		return &f.webSearchPrice
	}
	return nil
}

// used is the reported usage of a call, before it is converted to the same meaning for all providers.
type used struct {
	model.Tokens
	cacheWrite5m, webSearches int64
	tier                      string
}

// describeUsage fills in the usage of a call, and the cost that its client reports. It reads the client's own properties, and for missing values the
// provider's usage object. Whatever their source and form, Input is afterwards the whole prompt and Output the whole answer.
func describeUsage(pace *rawjson.Pace, e *model.Event, f *knownUsage) {
	u := used{
		Tokens: model.Tokens{
			Input: count(f.input), Output: count(f.output), Total: count(f.total), CacheRead: count(f.cacheRead), CacheWrite: count(f.cacheWrite), Reasoning: count(f.reasoning),
			CacheWrite1h: some(f.cacheWrite1h), InputAudio: some(f.audioInput), OutputAudio: some(f.audioOutput), InputImage: some(f.imageInput),
			OutputImage: some(f.imageOutput), CacheReadAudio: some(f.cacheReadAudio),
		},
		cacheWrite5m: some(f.cacheWrite5m), webSearches: some(f.webSearches), tier: scalar(f.serviceTier, 64),
	}
	if isObject(f.usage) {
		u.add(pace, f.usage, 2)
	}
	if u.tier == "" && isObject(f.parameters) {
		u.tier = scalar(pace.Member(f.parameters, "service_tier"), 64)
	}
	t := &u.Tokens
	if split := u.cacheWrite5m + t.CacheWrite1h; split > max(0, t.CacheWrite) {
		t.CacheWrite = split
	}
	input := t.Input
	if t.Input >= 0 && exclusive(e, f, t) {
		t.Input += max(0, t.CacheRead) + max(0, t.CacheWrite)
	}
	if t.Output >= 0 && t.Reasoning > 0 && besides(e, f, t, input) {
		t.Output += t.Reasoning
	}
	// If nobody reported a total, or only parts of it, it is the sum of input and output.
	if t.Input >= 0 && t.Output >= 0 {
		t.Total = max(t.Total, t.Input+t.Output)
	}
	e.Tokens, e.WebSearches, e.ServiceTier = *t, u.webSearches, model.ServiceTierOf(u.tier)
	e.Cost = givenCost(f)
}

// exclusive reports whether the tokens of a prompt exclude those read from and written to the cache. Anthropic counts in this way; all others count the
// whole prompt. Some clients report which of the two it is.
func exclusive(e *model.Event, f *knownUsage, t *model.Tokens) bool {
	switch {
	case given(f.exclusive) != nil:
		return truth(f.exclusive)
	case isAnthropic(e) && !(strings.EqualFold(e.Provider, "gateway") && scalar(f.framework, 16) == "vercel"):
		return true
	}
	return max(0, t.CacheRead)+max(0, t.CacheWrite) > t.Input // otherwise the parts would be more than the whole
}

func isAnthropic(e *model.Event) bool {
	name := strings.ToLower(e.Model)
	return strings.EqualFold(e.Provider, "anthropic") || strings.Contains(name, "anthropic") || strings.HasPrefix(name, "claude")
}

// besides reports whether the tokens of an answer exclude its reasoning, as Gemini counts; all others count the whole answer. A total shows which it
// is. LangChain and the Vercel AI SDK since 6 report the whole answer for Gemini, too.
func besides(e *model.Event, f *knownUsage, t *model.Tokens, input int64) bool {
	if t.Reasoning > t.Output {
		return true
	}
	gemini := strings.Contains(strings.ToLower(e.Model), "gemini")
	if t.Total > 0 && input >= 0 {
		switch apart := input + t.Output + t.Reasoning; {
		case t.Total == input+t.Output:
			return false
		case t.Total == apart || gemini && t.Total > apart: // Gemini's total also includes tokens of its own tools
			return true
		}
	}
	if !gemini {
		return false
	}
	switch scalar(f.framework, 16) {
	case "langchain":
		return false
	case "vercel":
		version, _ := number(f.frameworkVersion)
		return version < 6
	}
	return true
}

// add reads missing values from a provider's usage object: OpenAI's two APIs and those with the same shape, Anthropic, Gemini, and the
// objects in which the Vercel AI SDK wraps these, at most deep levels.
func (u *used) add(pace *rawjson.Pace, usage []byte, deep int) {
	t := &u.Tokens
	set := func(to *int64, v []byte) {
		if *to < 0 {
			*to = count(v)
		}
	}
	some := func(to *int64, v []byte) {
		if *to == 0 {
			*to = some(v)
		}
	}
	for key, v := range pace.Members(usage) {
		switch string(key) {
		case "prompt_tokens", "input_tokens", "promptTokenCount", "prompt_token_count":
			set(&t.Input, v)
		case "completion_tokens", "output_tokens", "candidatesTokenCount", "candidates_token_count":
			set(&t.Output, v)
		case "total_tokens", "total_token_count", "totalTokenCount": // Gemini's total includes the thoughts, which its output does not
			set(&t.Total, v)
		case "prompt_tokens_details", "input_tokens_details":
			u.modalities(pace, v, &t.InputAudio, &t.InputImage) // Gemini's Python client uses OpenAI's name for it
			for key, v := range pace.Members(v) {
				switch string(key) {
				case "cached_tokens":
					set(&t.CacheRead, v)
				case "cache_write_tokens":
					set(&t.CacheWrite, v)
				case "audio_tokens":
					some(&t.InputAudio, v)
				case "image_tokens":
					some(&t.InputImage, v)
				case "cached_tokens_details":
					some(&t.CacheReadAudio, pace.Member(v, "audio_tokens"))
				}
			}
		case "completion_tokens_details", "output_tokens_details":
			for key, v := range pace.Members(v) {
				switch string(key) {
				case "reasoning_tokens", "thinking_tokens":
					set(&t.Reasoning, v)
				case "audio_tokens":
					some(&t.OutputAudio, v)
				case "image_tokens":
					some(&t.OutputImage, v)
				}
			}
		case "cache_read_input_tokens", "cachedContentTokenCount", "cached_content_token_count":
			set(&t.CacheRead, v)
		case "cache_creation_input_tokens":
			set(&t.CacheWrite, v)
		case "cache_creation":
			some(&u.cacheWrite5m, pace.Member(v, "ephemeral_5m_input_tokens"))
			some(&t.CacheWrite1h, pace.Member(v, "ephemeral_1h_input_tokens"))
		case "thoughtsTokenCount", "thoughts_token_count":
			set(&t.Reasoning, v)
		case "promptTokensDetails":
			u.modalities(pace, v, &t.InputAudio, &t.InputImage)
		case "candidatesTokensDetails", "candidates_tokens_details":
			u.modalities(pace, v, &t.OutputAudio, &t.OutputImage)
		case "cacheTokensDetails", "cache_tokens_details":
			u.modalities(pace, v, &t.CacheReadAudio, nil)
		case "server_tool_use":
			some(&u.webSearches, pace.Member(v, "web_search_requests"))
		case "service_tier":
			if u.tier == "" {
				u.tier = scalar(v, 64)
			}
		case "speed":
			if scalar(v, 8) == "fast" {
				u.tier = "fast"
			}
		case "usage", "providerMetadata", "rawResponse", "usageMetadata", "anthropic", "openai", "google":
			if deep > 0 && isObject(v) {
				u.add(pace, v, deep-1)
			}
		}
	}
}

// modalities reads Gemini's token counts by modality: [{"modality":"AUDIO","tokenCount":12}].
func (u *used) modalities(pace *rawjson.Pace, list []byte, audio, image *int64) {
	for v := range pace.Items(list) {
		n := firstGiven(pace.Member(v, "tokenCount"), pace.Member(v, "token_count"))
		switch strings.ToUpper(scalar(pace.Member(v, "modality"), 16)) {
		case "AUDIO":
			if *audio == 0 {
				*audio = some(n)
			}
		case "IMAGE":
			if image != nil && *image == 0 {
				*image = some(n)
			}
		}
	}
}

// maxCost is the highest cost of a call, in dollars, that is accepted.
const maxCost = 100_000

// givenCost returns the cost of a call as the client reports it: the total, or the sum of its parts. 0 means unknown: clients send it for models whose
// price they do not know.
func givenCost(f *knownUsage) model.Cost {
	dollars, ok := number(f.totalCost)
	if !ok || dollars == 0 {
		dollars = 0
		for _, part := range [...][]byte{f.inputCost, f.outputCost, f.requestCost, f.webSearchCost} {
			if n, ok := number(part); ok {
				dollars += n
			}
		}
	}
	if !(dollars > 0 && dollars <= maxCost) {
		return model.Cost{}
	}
	return model.Cost{State: model.CostGiven, Nanos: int64(dollars*1e9 + 0.5)}
}

// givenPrices returns a client's own prices, converted to the units of model.Prices. It returns nil unless there are prices for both prompt and answer.
func givenPrices(f *knownUsage) model.Prices {
	var prices model.Prices
	for _, p := range [...]struct {
		unit string
		v    []byte
		per  float64
	}{
		{"input", f.inputPrice, 1e6}, {"output", f.outputPrice, 1e6}, {"cache_read", f.cacheReadPrice, 1e6}, {"cache_write", f.cacheWritePrice, 1e6},
		{"request", f.requestPrice, 1e3}, {"web_search", f.webSearchPrice, 1e3},
	} {
		n, ok := number(p.v)
		if !ok || !(n >= 0 && n <= 1) {
			continue
		}
		if prices == nil {
			prices = model.Prices{}
		}
		prices[p.unit] = n * p.per
	}
	_, input := prices["input"]
	_, output := prices["output"]
	if !input || !output {
		return nil
	}
	return prices
}

// count reads a number of tokens, -1 if there is none or it is impossible.
func count(v []byte) int64 {
	f, ok := number(v)
	if !ok || f < 0 || f > 1e12 {
		return -1
	}
	return int64(f)
}

// some is count for values that are 0 when unknown.
func some(v []byte) int64 { return max(0, count(v)) }
