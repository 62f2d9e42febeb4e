package price

import (
	"testing"

	"github.com/playheadhq/playhead/internal/model"
)

// A failed call costs nothing only if its provider refused it. The texts are those of unmodified clients.
func TestUncharged(t *testing.T) {
	failed := func(provider string, status int32, text string, change ...func(*model.Event)) model.Event {
		e := call1(provider, "gpt-4o", model.UnknownTokens())
		e.IsError, e.HTTPStatus, e.Error, e.FirstTokenMS = true, status, text, -1
		for _, c := range change {
			c(&e)
		}
		return e
	}
	zero := func(e *model.Event) { e.Tokens.Input, e.Tokens.Output, e.Tokens.Total = 0, 0, 0 } // wrappers write 0 for failed calls
	l := Default()
	for name, c := range map[string]struct {
		event    model.Event
		answered bool
		want     model.CostState
	}{
		"a rate limit": {failed("openai", 429, "", zero), false, model.CostUncharged},
		"a wrong key, of a model without a price": {failed("my-proxy", 401, "", zero), false, model.CostUncharged},
		"an embedding":                                {failed("openai", 429, "", func(e *model.Event) { e.Kind = model.KindEmbedding }), false, model.CostUncharged},
		"a client for Python without a status":        {failed("openai", 0, "Error code: 429 - {'error': {'message': 'slow down'}}", zero), false, model.CostUncharged},
		"a client for JavaScript, 500 by the wrapper": {failed("openai", 500, "429 Rate limit reached for gpt-4o", zero), false, model.CostUncharged},
		"LiteLLM's error":                             {failed("openai", 0, "litellm.RateLimitError: RateLimitError: OpenAIException - slow down"), false, model.CostUncharged},
		"Bedrock's error":                             {failed("bedrock", 0, "An error occurred (ThrottlingException) when calling the Converse operation: Too many requests"), false, model.CostUncharged},
		"no connection":                               {failed("openai", 500, "connect ECONNREFUSED 127.0.0.1:443", zero), false, model.CostUncharged},
		"the provider's own failure":                  {failed("anthropic", 529, "529 overloaded"), false, model.CostUncharged},
		"Azure, too many requests":                    {failed("azure", 429, ""), false, model.CostUncharged},

		"Azure's content filter":                       {failed("azure", 400, "content filter", zero), false, model.CostUnpriced},
		"a time limit of a gateway":                    {failed("openai", 504, "", zero), false, model.CostUnpriced},
		"a time limit of the client":                   {failed("openai", 0, "Request timed out.", zero), false, model.CostUnpriced},
		"a stream that broke off, 500 by the wrapper":  {failed("openai", 500, "terminated", zero), false, model.CostUnpriced},
		"an answer that the client could not read":     {failed("openai", 0, "No object generated: could not parse the response."), false, model.CostUnpriced},
		"a number of the text that is no status":       {failed("openai", 0, "the answer has 429 words"), false, model.CostUnpriced},
		"an error after the answer":                    {failed("openai", 429, "", zero), true, model.CostUnpriced},
		"an error after the first token":               {failed("openai", 429, "", func(e *model.Event) { e.FirstTokenMS = 200 }), false, model.CostUnpriced},
		"an error after a search":                      {failed("openai", 429, "", func(e *model.Event) { e.WebSearches = 1 }), false, model.CostUnpriced},
		"stopped by the user":                          {failed("openai", 499, "", func(e *model.Event) { e.IsError, e.Stopped = false, true }), false, model.CostUnpriced},
		"an error with usage is priced":                {failed("openai", 429, "", func(e *model.Event) { e.Tokens.Input, e.Tokens.Output = 10, 0 }), false, model.CostPriced},
		"what the client says about an error is right": {failed("openai", 429, "", func(e *model.Event) { e.Cost = model.Cost{State: model.CostGiven, Nanos: 5} }), false, model.CostGiven},
		"a failed tool":                                {failed("openai", 429, "", func(e *model.Event) { e.Kind = model.KindSpan }), false, model.CostNone},
	} {
		l.Set(&c.event, c.answered)
		if c.event.Cost.State != c.want {
			t.Errorf("%s: %q, want %q", name, c.event.Cost.State, c.want)
		}
	}
}

// A count of 0 for what is there means that nobody counted it: such a call does not cost nothing.
func TestZeroCounts(t *testing.T) {
	l := Default()
	tokens := func(input, output int64) model.Tokens {
		return model.Tokens{Input: input, Output: output, Total: input + output, CacheRead: -1, CacheWrite: -1, Reasoning: -1}
	}
	embedding := func(input, total int64) model.Event {
		e := call1("openai", "text-embedding-3-small", model.UnknownTokens())
		e.Kind, e.Tokens.Input, e.Tokens.Total = model.KindEmbedding, input, total
		return e
	}
	for name, c := range map[string]struct {
		event    model.Event
		answered bool
		want     model.CostState
	}{
		"nothing counted":                 {call1("openai", "gpt-4o", tokens(0, 0)), true, model.CostUnpriced},
		"nothing counted, text not sent":  {call1("openai", "gpt-4o", tokens(0, 0)), false, model.CostUnpriced},
		"the prompt is not counted":       {call1("openai", "gpt-4o", tokens(0, 20)), true, model.CostUnpriced},
		"the answer is not counted":       {call1("openai", "gpt-4o", tokens(20, 0)), true, model.CostUnpriced},
		"no answer":                       {call1("openai", "gpt-4o", tokens(20, 0)), false, model.CostPriced},
		"an embedding is not counted":     {embedding(0, 0), false, model.CostUnpriced},
		"only the total of an embedding":  {embedding(0, 12), false, model.CostPriced},
		"an embedding without any figure": {embedding(-1, -1), false, model.CostUnpriced},
	} {
		e := c.event
		l.Set(&e, c.answered)
		if e.Cost.State != c.want {
			t.Errorf("%s: %q, want %q", name, e.Cost.State, c.want)
		}
		e = c.event // the client's own prices multiply the same counts
		l.SetBy(&e, model.Prices{"input": 1, "output": 2}, c.answered)
		if want := map[model.CostState]model.CostState{model.CostPriced: model.CostGiven}[c.want]; want != 0 && e.Cost.State != want || want == 0 && e.Cost.State != c.want {
			t.Errorf("%s, with the client's prices: %q", name, e.Cost.State)
		}
	}
}
