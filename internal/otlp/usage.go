package otlp

import (
	"cmp"
	"slices"

	commonpb "go.opentelemetry.io/proto/slim/otlp/common/v1"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// usage sets the tokens, service tier and cost of a call. Afterwards Input is the whole prompt and Output the whole answer.
func (r *record) usage(e *model.Event) {
	t := &e.Tokens
	t.Input, t.Output, t.Total = r.count(mInputTokens), r.count(mOutputTokens), r.count(mTotalTokens)
	t.CacheRead, t.CacheWrite, t.Reasoning = r.count(mCacheRead), r.count(mCacheWrite), r.count(mReasoning)
	t.InputAudio, t.OutputAudio = max(0, r.count(mInputAudio)), max(0, r.count(mOutputAudio))
	apart := false
	if r.has(mUsage) {
		apart = r.usageObject(t)
	}
	// The convention counts the cache in the input. Some instrumentations report the provider's figures, and Anthropic's prompt excludes its cache.
	// Then the cached tokens are often more than the input.
	if cached := max(0, t.CacheRead) + max(0, t.CacheWrite); t.Input >= 0 && (apart || cached > t.Input) {
		t.Input += cached
	}
	if t.Output >= 0 && t.Reasoning > t.Output {
		t.Output += t.Reasoning
	}
	if t.Input >= 0 && t.Output >= 0 {
		t.Total = max(t.Total, t.Input+t.Output)
	}
	e.ServiceTier = model.ServiceTierOf(r.text(mTier, 64))
	if e.Kind.Costs() {
		e.Cost = r.cost()
	}
}

// usageObject reads an object of counts, for what no attribute says. apart says that its input excludes the cache, as Langfuse counts.
func (r *record) usageObject(t *model.Tokens) (apart bool) {
	counts := map[meaning]*int64{
		mInputTokens: &t.Input, mOutputTokens: &t.Output, mTotalTokens: &t.Total, mCacheRead: &t.CacheRead, mCacheWrite: &t.CacheWrite, mReasoning: &t.Reasoning,
		mInputAudio: &t.InputAudio, mOutputAudio: &t.OutputAudio,
	}
	set := func(m meaning, v []byte) {
		f, ok := rawjson.Float(v)
		if to, n := counts[m], countOf(f, ok); to != nil && n >= 0 && *to <= 0 {
			*to = n
		}
	}
	for key, v := range rawjson.Members(objectOrNil(structured(nil, r.found[mUsage].v))) {
		var audio meaning
		switch name := string(key); name {
		case "prompt_tokens_details", "input_tokens_details", "input_token_details":
			audio = mInputAudio
		case "completion_tokens_details", "output_tokens_details", "output_token_details":
			audio = mOutputAudio
		default:
			apart = apart || name == "input"
			set(usageNames[name], v)
			continue
		}
		for key, v := range rawjson.Members(objectOrNil(v)) {
			if name := string(key); name == "audio_tokens" {
				set(audio, v)
			} else {
				set(usageNames[name], v)
			}
		}
	}
	// A total tells whether the cached tokens are part of the input or counted beside it.
	return apart && !(t.Total > 0 && t.Input >= 0 && t.Output >= 0 && t.Total == t.Input+t.Output)
}

// maxCost is the highest cost of a call, in dollars, that is believed.
const maxCost = 100_000

// cost is the cost of a call as the sender gives it. 0 means nothing: senders write it for models whose price they do not know.
func (r *record) cost() model.Cost {
	dollars, ok := r.number(mCost)
	if !ok && r.has(mCosts) {
		object, sum := structured(nil, r.found[mCosts].v), 0.0
		for key, v := range rawjson.Members(object) {
			f, is := rawjson.Float(v)
			if string(key) == "total" || string(key) == "total_cost" {
				sum, ok = f, is
				break
			}
			sum, ok = sum+f, ok || is
		}
		dollars = sum
	}
	if !ok || !(dollars > 0 && dollars <= maxCost) {
		return model.Cost{}
	}
	return model.Cost{State: model.CostGiven, Nanos: int64(dollars*1e9 + 0.5)}
}

func isScalar(v *commonpb.AnyValue) bool {
	switch v.GetValue().(type) {
	case *commonpb.AnyValue_StringValue, *commonpb.AnyValue_BoolValue, *commonpb.AnyValue_IntValue, *commonpb.AnyValue_DoubleValue:
		return true
	}
	return false
}

func sortProperties(all []model.Property) {
	slices.SortFunc(all, func(a, b model.Property) int { return cmp.Compare(a.Name, b.Name) })
}
