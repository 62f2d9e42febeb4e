package posthog_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/ingest"
	"github.com/playheadhq/playhead/internal/ingest/ingesttest"
	"github.com/playheadhq/playhead/internal/intake"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/posthog"
)

// received is the time at which every request arrives: 2026-11-23T08:00:00Z.
const received = int64(1_795_420_800_000)

// outcomes is a sink that records the outcomes of events.
type outcomes struct {
	*ingest.Pipeline
	all []model.Outcome
}

func (o *outcomes) Ingest(ctx context.Context, d *model.Delivery) ([]model.Outcome, error) {
	all, err := o.Pipeline.Ingest(ctx, d)
	o.all = append(o.all, all...)
	return all, err
}

// server handles requests as a real server does, and stores their data in memory. It also returns its clock, which tests may set.
func server(t testing.TB, l ingest.Limits) (*http.ServeMux, *ingesttest.Memory, *outcomes, *time.Time) {
	t.Helper()
	m, now := ingesttest.NewMemory(), time.UnixMilli(received)
	o := &outcomes{Pipeline: ingest.New(ingest.Options{Store: m, Blocks: m, Limits: l})}
	t.Cleanup(func() {
		if err := o.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	mux := http.NewServeMux()
	posthog.New(posthog.Options{
		Sink: o, Project: func(string) (string, bool) { return "p", true }, Now: func() time.Time { return now }, Gate: intake.New(intake.Options{Logger: slog.New(slog.DiscardHandler)}),
	}).Register(mux)
	return mux, m, o, &now
}

// stored sends events and returns what was stored, and the outcome of each event.
func stored(t *testing.T, l ingest.Limits, raws ...string) (*ingesttest.Memory, []model.Outcome) {
	t.Helper()
	mux, m, o, _ := server(t, l)
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest("POST", "/batch/", strings.NewReader(`{"api_key":"phc_x","batch":[`+strings.Join(raws, ",")+`]}`)))
	if w.Code != http.StatusOK || len(o.all) != len(raws) {
		t.Fatalf("%d %s, %d outcomes of %d events", w.Code, w.Body, len(o.all), len(raws))
	}
	return m, o.all
}

const someID = "01a20750-2089-7518-8311-80c2deacd288"

// ev returns an event with an id, a time and the given properties.
func ev(name, properties string) string {
	return fmt.Sprintf(`{"uuid":%q,"event":%q,"distinct_id":"u1","timestamp":"2026-11-23T07:59:00Z","properties":%s}`, someID, name, properties)
}

const evTime = received - 60_000

func TestLLMEvents(t *testing.T) {
	none := model.UnknownTokens()
	base := func(change func(e *model.Event)) model.Event {
		e := model.Event{Name: "$ai_generation", Kind: model.KindGeneration, TraceID: "t", StartMS: evTime, LatencyMS: -1, FirstTokenMS: -1, Tokens: none}
		change(&e)
		if e.Kind.Costs() && e.Cost == (model.Cost{}) {
			e.Cost.State = model.CostUnpriced
		}
		return e
	}
	const wrapper = `"$ai_lib":"posthog-ai","$ai_lib_version":"8.13.1","$lib":"posthog-node","$lib_version":"5.70.0"`
	named := func(name string, k model.Kind) func(e *model.Event) {
		return func(e *model.Event) { e.Name, e.Kind = name, k }
	}
	for _, tt := range []struct {
		name, event, properties string
		want                    model.Event
	}{
		{"kinds: generation", "$ai_generation", `{"$ai_trace_id":"t"}`, base(func(*model.Event) {})},
		{"kinds: embedding", "$ai_embedding", `{"$ai_trace_id":"t"}`, base(named("$ai_embedding", model.KindEmbedding))},
		{"kinds: span", "$ai_span", `{"$ai_trace_id":"t"}`, base(named("$ai_span", model.KindSpan))},
		{"kinds: trace", "$ai_trace", `{"$ai_trace_id":"t"}`, base(named("$ai_trace", model.KindTrace))},
		{"kinds: another of the family", "$ai_tag", `{"$ai_trace_id":"t"}`, base(named("$ai_tag", model.KindOther))},
		{"kinds: another without a trace", "$ai_tag", `{}`, base(func(e *model.Event) { e.Name, e.Kind, e.TraceID = "$ai_tag", 0, "" })},
		{"kinds: evaluation", "$ai_evaluation", `{"$ai_trace_id":"t","$ai_evaluation_name":"polite","$ai_evaluation_result":true,"$ai_target_event_id":"` + someID + `"}`, base(func(e *model.Event) {
			e.Name, e.Kind, e.MetricName, e.MetricValue, e.Score, e.Scored, e.ParentID = "$ai_evaluation", model.KindEvaluation, "polite", "true", 1, true, someID
		})},
		{"an evaluation that does not apply", "$ai_evaluation", `{"$ai_trace_id":"t","$ai_evaluation_name":"polite","$ai_evaluation_applicable":false,"$ai_evaluation_result":null}`, base(func(e *model.Event) {
			e.Name, e.Kind, e.MetricName, e.MetricValue = "$ai_evaluation", model.KindEvaluation, "polite", "not applicable"
		})},
		{"a sentiment", "$ai_evaluation", `{"$ai_trace_id":"t","$ai_sentiment_label":"negative","$ai_sentiment_score":-0.75}`, base(func(e *model.Event) {
			e.Name, e.Kind, e.MetricValue, e.Score, e.Scored = "$ai_evaluation", model.KindEvaluation, "negative", -0.75, true
		})},
		{"a score past all", "$ai_metric", `{"$ai_trace_id":"t","$ai_metric_name":"n","$ai_metric_value":"1e99"}`, base(func(e *model.Event) {
			e.Name, e.Kind, e.MetricName, e.MetricValue = "$ai_metric", model.KindMetric, "n", "1e99"
		})},
		{"kinds: metric", "$ai_metric", `{"$ai_trace_id":"t","$ai_metric_name":"score","$ai_metric_value":0.5}`, base(func(e *model.Event) {
			e.Name, e.Kind, e.MetricName, e.MetricValue = "$ai_metric", model.KindMetric, "score", "0.5"
			e.Score, e.Scored = 0.5, true
		})},
		{"kinds: feedback", "$ai_feedback", `{"$ai_trace_id":"t","$ai_feedback_text":"gr\u00fc\u00df"}`, base(func(e *model.Event) {
			e.Name, e.Kind, e.MetricValue = "$ai_feedback", model.KindFeedback, "grüß"
		})},
		{"ids of every type", "$ai_span", `{"$ai_trace_id":12,"$ai_span_id":true,"$ai_parent_id":{"a":1},"$ai_session_id":["x"]}`, base(func(e *model.Event) {
			e.Name, e.Kind, e.TraceID, e.SpanID = "$ai_span", model.KindSpan, "12", "true"
		})},
		{"no trace id", "$ai_generation", `{"$ai_trace_id":null}`, base(func(e *model.Event) { e.TraceID = someID })},
		{"generation id", "$ai_generation", `{"$ai_trace_id":"t","$ai_generation_id":"g","$ai_parent_id":"p","$ai_session_id":"c"}`, base(func(e *model.Event) {
			e.SpanID, e.ParentID, e.ConversationID = "g", "p", "c"
		})},
		{"span id before generation id", "$ai_generation", `{"$ai_trace_id":"t","$ai_generation_id":"g","$ai_span_id":"s"}`, base(func(e *model.Event) { e.SpanID = "s" })},
		{"latency", "$ai_generation", `{"$ai_trace_id":"t","$ai_latency":1.5,"$ai_time_to_first_token":"0.25"}`, base(func(e *model.Event) {
			e.LatencyMS, e.FirstTokenMS, e.StartMS = 1500, 250, evTime-1500
		})},
		{"latency of a span from OpenTelemetry", "$ai_generation", `{"$ai_trace_id":"t","$ai_latency":1.5,"$ai_ingestion_source":"otel"}`, base(func(e *model.Event) { e.LatencyMS = 1500 })},
		{"latency that cannot be", "$ai_generation", `{"$ai_trace_id":"t","$ai_latency":-3,"$ai_time_to_first_token":1e99}`, base(func(*model.Event) {})},
		{"title", "$ai_span", `{"$ai_trace_id":"t","$ai_span_name":"a","$ai_trace_name":"b"}`, base(func(e *model.Event) { e.Name, e.Kind, e.Title = "$ai_span", model.KindSpan, "a" })},
		{"title of the trace", "$ai_trace", `{"$ai_trace_id":"t","$ai_span_name":"","$ai_trace_name":"b"}`, base(func(e *model.Event) { e.Name, e.Kind, e.Title = "$ai_trace", model.KindTrace, "b" })},
		{"tokens sent", "$ai_generation", `{"$ai_trace_id":"t","$ai_input_tokens":11,"$ai_output_tokens":"3","$ai_cache_read_input_tokens":4,"$ai_cache_creation_input_tokens":5,"$ai_reasoning_tokens":1,"$ai_usage":{"prompt_tokens":99,"total_tokens":16}}`,
			base(func(e *model.Event) {
				e.Tokens = model.Tokens{Input: 11, Output: 3, Total: 16, CacheRead: 4, CacheWrite: 5, Reasoning: 1}
			})},
		{"tokens of a chat", "$ai_generation", `{"$ai_trace_id":"t","$ai_usage":{"prompt_tokens":11,"completion_tokens":3,"total_tokens":14,"prompt_tokens_details":{"cached_tokens":2},"completion_tokens_details":{"reasoning_tokens":1}}}`,
			base(func(e *model.Event) {
				e.Tokens = model.Tokens{Input: 11, Output: 3, Total: 14, CacheRead: 2, CacheWrite: -1, Reasoning: 1}
			})},
		{"tokens of a response", "$ai_generation", `{"$ai_trace_id":"t","$ai_usage":{"input_tokens":20,"output_tokens":5,"input_tokens_details":{"cached_tokens":4},"output_tokens_details":{"reasoning_tokens":1}}}`,
			base(func(e *model.Event) {
				e.Tokens = model.Tokens{Input: 20, Output: 5, Total: 25, CacheRead: 4, CacheWrite: -1, Reasoning: 1}
			})},
		{"Anthropic counts what it cached besides", "$ai_generation", `{"$ai_trace_id":"t","$ai_provider":"anthropic","$ai_input_tokens":10,"$ai_output_tokens":5,"$ai_cache_read_input_tokens":90,"$ai_cache_creation_input_tokens":30,"$ai_web_search_count":2,
			"$ai_usage":{"input_tokens":10,"cache_creation":{"ephemeral_5m_input_tokens":10,"ephemeral_1h_input_tokens":20},"output_tokens_details":{"thinking_tokens":4},"service_tier":"batch"}}`,
			base(func(e *model.Event) {
				e.Provider, e.WebSearches, e.ServiceTier = "anthropic", 2, "batch"
				e.Tokens = model.Tokens{Input: 130, Output: 5, Total: 135, CacheRead: 90, CacheWrite: 30, Reasoning: 4, CacheWrite1h: 20}
			})},
		{"a client that knows says how it counts", "$ai_generation", `{"$ai_trace_id":"t","$ai_provider":"anthropic","$ai_cache_reporting_exclusive":false,"$ai_input_tokens":100,"$ai_output_tokens":5,"$ai_cache_read_input_tokens":90,"$ai_cache_creation_5m_input_tokens":3,"$ai_cache_creation_1h_input_tokens":4}`,
			base(func(e *model.Event) {
				e.Provider = "anthropic"
				e.Tokens = model.Tokens{Input: 100, Output: 5, Total: 105, CacheRead: 90, CacheWrite: 7, Reasoning: -1, CacheWrite1h: 4}
			})},
		{"more cached than sent", "$ai_generation", `{"$ai_trace_id":"t","$ai_provider":"openai","$ai_input_tokens":10,"$ai_output_tokens":5,"$ai_cache_read_input_tokens":90}`,
			base(func(e *model.Event) {
				e.Provider = "openai"
				e.Tokens = model.Tokens{Input: 100, Output: 5, Total: 105, CacheRead: 90, CacheWrite: -1, Reasoning: -1}
			})},
		{"Gemini counts thoughts besides", "$ai_generation", `{"$ai_trace_id":"t","$ai_provider":"gemini","$ai_model":"gemini-2.5-none","$ai_input_tokens":100,"$ai_output_tokens":20,"$ai_reasoning_tokens":50,
			"$ai_usage":{"totalTokenCount":170,"promptTokensDetails":[{"modality":"TEXT","tokenCount":60},{"modality":"AUDIO","tokenCount":40}],"candidatesTokensDetails":[{"modality":"IMAGE","tokenCount":7}]}}`,
			base(func(e *model.Event) {
				e.Provider, e.Model = "gemini", "gemini-2.5-none"
				e.Tokens = model.Tokens{Input: 100, Output: 70, Total: 170, CacheRead: -1, CacheWrite: -1, Reasoning: 50, InputAudio: 40, OutputImage: 7}
			})},
		{"where its total does not say otherwise", "$ai_generation", `{"$ai_trace_id":"t","$ai_model":"gemini-2.5-none","$ai_input_tokens":100,"$ai_output_tokens":70,"$ai_reasoning_tokens":50,"$ai_total_tokens":170}`,
			base(func(e *model.Event) {
				e.Model = "gemini-2.5-none"
				e.Tokens = model.Tokens{Input: 100, Output: 70, Total: 170, CacheRead: -1, CacheWrite: -1, Reasoning: 50}
			})},
		{"and in LangChain does not", "$ai_generation", `{"$ai_trace_id":"t","$ai_model":"gemini-2.5-none","$ai_framework":"langchain","$ai_input_tokens":100,"$ai_output_tokens":70,"$ai_reasoning_tokens":50}`,
			base(func(e *model.Event) {
				e.Model = "gemini-2.5-none"
				e.Tokens = model.Tokens{Input: 100, Output: 70, Total: 170, CacheRead: -1, CacheWrite: -1, Reasoning: 50}
			})},
		{"sound and pictures", "$ai_generation", `{"$ai_trace_id":"t","$ai_service_tier":"default","$ai_usage":{"usage":{"prompt_tokens":50,"completion_tokens":20,"prompt_tokens_details":{"audio_tokens":10,"image_tokens":5,"cached_tokens":8,"cached_tokens_details":{"audio_tokens":3}},"completion_tokens_details":{"audio_tokens":15}}}}`,
			base(func(e *model.Event) {
				e.Tokens = model.Tokens{Input: 50, Output: 20, Total: 70, CacheRead: 8, CacheWrite: -1, Reasoning: -1, InputAudio: 10, InputImage: 5, CacheReadAudio: 3, OutputAudio: 15}
			})},
		{"hostile counts", "$ai_generation", `{"$ai_trace_id":"t","$ai_input_tokens":"NaN","$ai_output_tokens":1e300,"$ai_cache_read_input_tokens":-5,"$ai_audio_input_tokens":"x","$ai_web_search_count":-1,"$ai_total_cost_usd":"NaN","$ai_input_cost_usd":-3,"$ai_usage":{"usage":{"usage":{"usage":{"prompt_tokens":1}}}}}`, base(func(*model.Event) {})},
		{"a cost that was given", "$ai_generation", `{"$ai_trace_id":"t","$ai_total_cost_usd":"0.0125","$ai_input_cost_usd":9}`, base(func(e *model.Event) { e.Cost = model.Cost{State: model.CostGiven, Nanos: 12_500_000} })},
		{"a cost given in parts", "$ai_embedding", `{"$ai_trace_id":"t","$ai_total_cost_usd":0,"$ai_input_cost_usd":0.01,"$ai_output_cost_usd":0.02,"$ai_web_search_cost_usd":0.005}`, base(func(e *model.Event) {
			named("$ai_embedding", model.KindEmbedding)(e)
			e.Cost = model.Cost{State: model.CostGiven, Nanos: 35_000_000}
		})},
		{"a cost of a span is nobody's", "$ai_span", `{"$ai_trace_id":"t","$ai_total_cost_usd":3}`, base(named("$ai_span", model.KindSpan))},
		{"prices that were given", "$ai_generation", `{"$ai_trace_id":"t","$ai_input_tokens":1000,"$ai_output_tokens":100,"$ai_input_token_price":0.000002,"$ai_output_token_price":"0.00001","$ai_request_price":0.01}`, base(func(e *model.Event) {
			e.Tokens = model.Tokens{Input: 1000, Output: 100, Total: 1100, CacheRead: -1, CacheWrite: -1, Reasoning: -1}
			e.Cost = model.Cost{State: model.CostGiven, Nanos: 13_000_000, Price: `{"source":"client","prices":{"input":2,"output":10,"request":10}}`}
		})},
		{"tokens that cannot be", "$ai_generation", `{"$ai_trace_id":"t","$ai_input_tokens":-1,"$ai_output_tokens":"many","$ai_usage":"x"}`, base(func(*model.Event) {})},
		{"an error", "$ai_generation", `{"$ai_trace_id":"t","$ai_is_error":"true","$ai_error":"{\"status\":400,\"error\":{\"message\":\"too long\"}}","$ai_http_status":400}`, base(func(e *model.Event) {
			e.IsError, e.Error, e.HTTPStatus, e.ErrorGroup, e.Cost.State = true, "too long", 400, "too long", model.CostUncharged
		})},
		{"an error object", "$ai_generation", `{"$ai_trace_id":"t","$ai_is_error":true,"$ai_error":{"message":"no"}}`, base(func(e *model.Event) { e.IsError, e.Error, e.ErrorGroup = true, "no", "no" })},
		{"an error object of another shape", "$ai_generation", `{"$ai_trace_id":"t","$ai_error":{"x":1}}`, base(func(e *model.Event) { e.IsError, e.Error, e.ErrorGroup = true, `{"x":1}`, "{<value>:<n>}" })},
		{"a long error", "$ai_generation", `{"$ai_trace_id":"t","$ai_is_error":1,"$ai_error":"` + strings.Repeat("é", 9000) + `"}`, base(func(e *model.Event) {
			e.IsError, e.Error, e.ErrorGroup = true, strings.Repeat("é", 512), strings.Repeat("é", 120)
		})},
		{"no error", "$ai_generation", `{"$ai_trace_id":"t","$ai_is_error":false,"$ai_error":null,"$ai_http_status":"200"}`, base(func(e *model.Event) { e.HTTPStatus = 200 })},
		{"an error that is none: the user stopped it", "$ai_generation", `{"$ai_trace_id":"t","$ai_is_error":true,"$ai_http_status":500,"$ai_error":"{\"name\":\"AbortError\",\"message\":\"pressed stop\",\"stack\":\"\"}"}`, base(func(e *model.Event) {
			e.Stopped, e.Error = true, "pressed stop"
		})},
		{"a span around what was stopped", "$ai_span", `{"$ai_trace_id":"t","$ai_is_error":true,"$ai_error":"CancelledError"}`, base(func(e *model.Event) {
			e.Name, e.Kind, e.Stopped, e.Error = "$ai_span", model.KindSpan, true, "CancelledError"
		})},
		{"a client that left", "$ai_generation", `{"$ai_trace_id":"t","$ai_http_status":499}`, base(func(e *model.Event) { e.Stopped, e.HTTPStatus = true, 499 })},
		{"a time limit is an error", "$ai_generation", `{"$ai_trace_id":"t","$ai_is_error":true,"$ai_error":"{\"name\":\"TimeoutError\",\"message\":\"The operation was aborted due to timeout\"}"}`, base(func(e *model.Event) {
			e.IsError, e.Error, e.ErrorGroup = true, "The operation was aborted due to timeout", "The operation was aborted due to timeout"
		})},
		{"a stream that was not read to its end", "$ai_generation", `{"$ai_trace_id":"t","$ai_model_parameters":{"stream":true},"$ai_http_status":200,` + wrapper + `}`, base(func(e *model.Event) {
			e.Stopped, e.HTTPStatus, e.Library = true, 200, "posthog-ai/8.13.1"
		})},
		{"a stream of an older wrapper, which names no end", "$ai_generation", `{"$ai_trace_id":"t","$ai_model_parameters":{"stream":true},` + strings.Replace(wrapper, "8.13", "8.2", 1) + `}`, base(func(e *model.Event) {
			e.Library = "posthog-ai/8.2.1"
		})},
		{"a stream that ended", "$ai_generation", `{"$ai_trace_id":"t","$ai_model_parameters":{"stream":true},"$ai_stop_reason":"stop",` + wrapper + `}`, base(func(e *model.Event) {
			e.StopReason, e.Library = "stop", "posthog-ai/8.13.1"
		})},
		{"model", "$ai_generation", `{"$ai_trace_id":"t","$ai_model":"gpt-4o","$ai_provider":"openai","$ai_stop_reason":"stop"}`, base(func(e *model.Event) {
			e.Model, e.Provider, e.StopReason = "gpt-4o", "openai", "stop"
		})},
		{"a prompt, an agent and a release", "$ai_generation", `{"$ai_trace_id":"t","$ai_prompt_name":"greet","$ai_prompt_version":3,"$ai_agent_name":"planner","$ai_release":"v1.2"}`, base(func(e *model.Event) {
			e.PromptName, e.PromptVersion, e.Agent, e.Release = "greet", "3", "planner", "v1.2"
		})},
		{"tools that are named", "$ai_generation", `{"$ai_trace_id":"t","$ai_tools_called":"search, fetch,search"}`, base(func(e *model.Event) { e.Tools = "search\nfetch" })},
		{"tools that are listed", "$ai_generation", `{"$ai_trace_id":"t","$ai_tools_called":["search","fetch"]}`, base(func(e *model.Event) { e.Tools = "search\nfetch" })},
		{"tools that are listed in a text", "$ai_generation", `{"$ai_trace_id":"t","$ai_tools_called":"[\"search\"]"}`, base(func(e *model.Event) { e.Tools = "search" })},
		{"tools in the answer", "$ai_generation", `{"$ai_trace_id":"t","$ai_output_choices":[{"role":"assistant","tool_calls":[{"function":{"name":"search"}}]}]}`, base(func(e *model.Event) { e.Tools = "search" })},
		{"a tool's span", "$ai_span", `{"$ai_trace_id":"t","$ai_span_name":"issues","$ai_span_type":"tool","$ai_mcp_data":{"server":"github"}}`, base(func(e *model.Event) {
			e.Name, e.Kind, e.Title, e.Tools, e.MCPServer = "$ai_span", model.KindSpan, "issues", "issues", "github"
		})},
		{"an agent's span", "$ai_span", `{"$ai_trace_id":"t","$ai_span_name":"planner","$ai_span_type":"agent"}`, base(func(e *model.Event) {
			e.Name, e.Kind, e.Title, e.Agent = "$ai_span", model.KindSpan, "planner", "planner"
		})},
		{"privacy mode", "$ai_generation", `{"$ai_trace_id":"t","$ai_input":null,"$ai_output_choices":null}`, base(func(*model.Event) {})},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, _ := stored(t, ingest.Limits{}, ev(tt.event, tt.properties))
			got, _ := m.One(t)
			want := tt.want
			want.Project, want.UUID, want.TimeMS, want.ReceivedMS, want.DistinctID = "p", uuid.MustParse(someID), evTime, received, "u1"
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got\n%+v\nwant\n%+v", got, want)
			}
		})
	}
}

func TestPreviews(t *testing.T) {
	for _, tt := range []struct{ name, event, properties, input, output string }{
		{"previews", "$ai_generation", `{"$ai_trace_id":"t","$ai_input":[{"role":"system","content":"be nice"},{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":[{"type":"image"},{"type":"text","text":"  why\n\n is it? "}]}],"$ai_output_choices":[{"role":"assistant","content":[{"type":"text","text":"Because."}]}]}`,
			"why is it?", "Because."},
		{"previews of raw shapes", "$ai_generation", `{"$ai_trace_id":"t","$ai_input":"hello","$ai_output_choices":[{"type":"reasoning","summary":[]},{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Hi"}]}]}`,
			"hello", "Hi"},
		{"previews of choices", "$ai_generation", `{"$ai_trace_id":"t","$ai_input":{"messages":[{"role":"human","content":"q"}]},"$ai_output":{"choices":[{"index":0,"message":{"role":"assistant","content":"x"}}]}}`,
			"q", "x"},
		{"previews of states", "$ai_span", `{"$ai_trace_id":"t","$ai_input_state":{"messages":[{"role":"user","content":"q"}]},"$ai_output_state":"done"}`, "q", "done"},
		{"previews without text", "$ai_generation", `{"$ai_trace_id":"t","$ai_input":[{"role":"user","content":"[{\"type\":\"input_text\",\"text\":\"q\"}]"},{"role":"user","content":"{\"type\":\"item_reference\",\"id\":\"1\"}"}],"$ai_output_choices":[{"role":"assistant","content":[{"type":"function","id":"1","function":{"name":"find","arguments":"{\"a\":1}"}}]}]}`,
			"q", `find({"a":1})`},
		{"long previews", "$ai_generation", `{"$ai_trace_id":"t","$ai_input":"` + strings.Repeat(`\u00e9 `, 1000) + `"}`, strings.TrimSpace(strings.Repeat("é ", 120)) + "…", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, _ := stored(t, ingest.Limits{}, ev(tt.event, tt.properties))
			if _, c := m.One(t); c.InputPreview != tt.input || c.OutputPreview != tt.output {
				t.Errorf("got %q and %q, want %q and %q", c.InputPreview, c.OutputPreview, tt.input, tt.output)
			}
		})
	}
}

func TestBrowserEvents(t *testing.T) {
	m, _ := stored(t, ingest.Limits{}, `{"event":"$pageview","uuid":"`+someID+`","timestamp":"2026-11-23T07:59:00Z","properties":{"distinct_id":7,"$session_id":"s","$window_id":"w",
		"$current_url":"https://shop.example/","$recording_status":"active","$lib":"web","$lib_version":"1.449.2","$process_person_profile":false,"$ai_input":"stays"}}`)
	got, content := m.One(t)
	want := model.Event{Project: "p", UUID: uuid.MustParse(someID), Name: "$pageview", TimeMS: evTime, StartMS: evTime, ReceivedMS: received, DistinctID: "7", Personless: true,
		SessionID: "s", WindowID: "w", URL: "https://shop.example/", RecordingStatus: "active", Library: "web/1.449.2", LatencyMS: -1, FirstTokenMS: -1, Tokens: model.UnknownTokens()}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
	if content.Input != nil || !strings.Contains(string(content.Properties), `"$ai_input":"stays"`) {
		t.Errorf("content %s, input %s", content.Properties, content.Input)
	}
	// v1 clients send the ids at the top level.
	m, _ = stored(t, ingest.Limits{}, `{"event":"x","distinct_id":"u","session_id":"s1","window_id":"w1","properties":{"$session_id":"s2"}}`)
	if got, _ := m.One(t); got.SessionID != "s1" || got.WindowID != "w1" {
		t.Errorf("%+v", got)
	}
}

func TestContent(t *testing.T) {
	for _, tt := range []struct {
		name, properties                  string
		input, output, tools, properties2 string
	}{
		{"generation", `{"a":1, "$ai_input":[{"role":"user"}],"$ai_output_choices":["x"],"$ai_tools":[{"name":"f"}],"b": {"c":[2]}}`,
			`[{"role":"user"}]`, `["x"]`, `[{"name":"f"}]`, `{"a":1,"b":{"c":[2]}}`},
		{"states", `{"$ai_input_state":{"q":1},"$ai_output_state":2}`, `{"q":1}`, `2`, ``, `{}`},
		{"all outputs", `{"$ai_output_state":3,"$ai_output":2,"$ai_output_choices":1,"$ai_input_state":2,"$ai_input":1}`, `1`, `1`, ``,
			`{"$ai_output_state":3,"$ai_output":2,"$ai_input_state":2}`},
		{"empty output is an answer", `{"$ai_output_choices":[],"$ai_output":"x"}`, ``, `[]`, ``, `{"$ai_output":"x"}`},
		{"privacy mode stays visible", `{"$ai_input":null,"$ai_output_choices":null}`, `null`, ``, ``, `{"$ai_output_choices":null}`},
		{"a state beside null", `{"$ai_input":null,"$ai_input_state":"q"}`, `"q"`, ``, ``, `{"$ai_input":null}`},
		{"text is canonical, the rest as sent", `{"$ai_input":"caf\u00e9 \/ \ud83d\ude00 \ud800 \u0022\u005c\u000a\u0007","x":"\u00e9"}`,
			`"café / 😀 \ud800 \"\\\n\u0007"`, ``, ``, `{"x":"\u00e9"}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, _ := stored(t, ingest.Limits{}, ev("$ai_generation", tt.properties))
			e, c := m.One(t)
			got := [4]string{string(c.Input), string(c.Output), string(c.Tools), string(c.Properties)}
			if want := [4]string{tt.input, tt.output, tt.tools, tt.properties2}; got != want || e.Truncated {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		})
	}
	m, _ := stored(t, ingest.Limits{}, ev("$ai_evaluation", `{"$ai_trace_id":"t","$ai_evaluation_result":true,"$ai_evaluation_reasoning":"It says \"please\".\nTwice.","$ai_output":"x"}`))
	if _, c := m.One(t); string(c.Output) != `"It says \"please\".\nTwice."` || c.OutputPreview != `It says "please". Twice.` || !strings.Contains(string(c.Properties), `"$ai_output":"x"`) || strings.Contains(string(c.Properties), "please") {
		t.Errorf("the output of an evaluation is its reasoning: %s, %q, %s", c.Output, c.OutputPreview, c.Properties)
	}
	m, _ = stored(t, ingest.Limits{}, `{"event":"x","distinct_id":"u","$set":{"plan":"pro"},"$set_once":{"first":1},"properties":{}}`)
	if _, c := m.One(t); string(c.Properties) != `{"$set":{"plan":"pro"},"$set_once":{"first":1}}` {
		t.Errorf("%s", c.Properties)
	}
}

func TestOversizedEvents(t *testing.T) {
	long := strings.Repeat("many words ", 2000)
	history := strings.Repeat(`{"role":"user","content":"`+long+`"},`, 5) + `{"role":"user","content":"the question"}`
	m, outcomes := stored(t, ingest.Limits{EventBytes: 20_000},
		ev("$ai_generation", `{"$ai_trace_id":"t","$ai_model":"gpt-4o","$session_id":"s","$ai_latency":1,"$lib":"x","$ai_input":[`+history+`],"$ai_output_choices":"short"}`))
	e, c := m.One(t)
	if !e.Truncated || !outcomes[0].Truncated || outcomes[0].Refused != nil {
		t.Errorf("not marked: %+v %+v", e, outcomes[0])
	}
	if e.Model != "gpt-4o" || e.SessionID != "s" || e.LatencyMS != 1000 || c.InputPreview != "the question" || string(c.Output) != `"short"` {
		t.Errorf("metadata lost: %+v", e)
	}
	var messages []struct{ Role, Content string }
	if err := json.Unmarshal(c.Input, &messages); err != nil || len(messages) != 6 || messages[5].Content != "the question" {
		t.Fatalf("%v: %d messages in %.300s", err, len(messages), c.Input)
	}
	for _, k := range messages[:5] {
		if !strings.HasPrefix(k.Content, "many words many") || !strings.HasSuffix(k.Content, "bytes cut off]") {
			t.Errorf("message %.60s … %s", k.Content, k.Content[len(k.Content)-60:])
		}
	}
	if n := len(c.Input) + len(c.Output) + len(c.Properties); n > 20_000 || n < 18_000 {
		t.Errorf("%d bytes kept of 20,000 allowed", n)
	}
	if len(m.Refusals) != 1 || m.Refusals[0].Reason != model.ReasonTruncated || m.Refusals[0].Event != "$ai_generation" || m.Refusals[0].Library != "x" || m.Refusals[0].Bytes < 90_000 {
		t.Errorf("refusals %+v", m.Refusals)
	}
	// Everything in one string, in many small items, and in unknown properties.
	for _, properties := range []string{
		`{"$ai_input":"` + strings.Repeat("x", 60_000) + `"}`,
		`{"$ai_output_choices":[` + strings.TrimSuffix(strings.Repeat(`{"a":1},`, 9000), ",") + `]}`,
		`{"blob":"` + strings.Repeat(`\ud83d\ude00`, 9000) + `"}`,
		`{` + strings.TrimSuffix(strings.Repeat(`"k":"`+strings.Repeat("v", 60)+`",`, 900), ",") + `}`,
	} {
		m, _ := stored(t, ingest.Limits{EventBytes: 20_000}, ev("$ai_generation", properties))
		e, c := m.One(t)
		if n := len(c.Input) + len(c.Output) + len(c.Properties); !e.Truncated || n > 20_200 || n < 15_000 {
			t.Errorf("%d bytes kept of %.80s", n, properties)
		}
		for _, part := range [][]byte{c.Input, c.Output, c.Properties} {
			if part != nil && !json.Valid(part) {
				t.Errorf("no JSON: %.200s", part)
			}
		}
	}
}

func TestTimes(t *testing.T) {
	for _, tt := range []struct {
		timestamp string
		offset    int64
		want      int64
	}{
		{"2026-11-23T07:26:48.145Z", -1, 1795418808145},
		{"2026-11-23T07:41:47.517315282Z", -1, 1795419707517},
		{"2026-11-23T08:26:48.145+01:00", -1, 1795418808145},
		{"2026-11-23T08:26:48+0100", -1, 1795418808000},
		{"2026-11-23T07:26:48", -1, 1795418808000},
		{"2026-11-23 07:26:48.5", -1, 1795418808500},
		{"2026-11-23 07:26:48.145678+00:00", -1, 1795418808145},
		{"2026-11-23", -1, 1795392000000},
		{"1795418808145", -1, 1795418808145},
		{"1795418808.145", -1, 1795418808145},
		{"1795418808145000", -1, 1795418808145},
		{"1795418808145000000", -1, 1795418808145},
		{"", 3001, received - 3001},
		{"", 0, received},
		{"", -1, received},
		{"2026-11-23T07:26:48.145Z", 3001, 1795418808145},
		{"nonsense of some length", 3001, received},
		{"1970-01-01T00:00:01Z", -1, received},
		{"1999-12-31T23:59:59Z", -1, received},
		{"2026-11-24T07:59:59Z", -1, received + 24*60*60*1000 - 1000},
		{"2026-11-24T08:00:01Z", -1, received},
		{"NaN00000", -1, received},
		{"12", -1, received},
		{"", 1 << 62, received},
	} {
		own := tt.want != received && tt.want != received-tt.offset
		raw := fmt.Sprintf(`{"event":"e","distinct_id":"u","timestamp":%q`, tt.timestamp)
		if tt.offset >= 0 {
			raw += fmt.Sprintf(`,"offset":%d`, tt.offset)
		}
		m, _ := stored(t, ingest.Limits{}, raw+"}")
		if e, _ := m.One(t); e.TimeMS != tt.want || e.Untimed == own {
			t.Errorf("%q, offset %d: %d, untimed %t, want %d, %t", tt.timestamp, tt.offset, e.TimeMS, e.Untimed, tt.want, !own)
		}
	}
}

func TestRefusals(t *testing.T) {
	m, outcomes := stored(t, ingest.Limits{},
		`{"event":"ok","distinct_id":"u","properties":{}}`,
		`{"distinct_id":"u","properties":{"$lib":"posthog-go","$lib_version":"1.5.2"}}`,
		`{"event":"nobody","properties":{"distinct_id":""}}`,
		`{"event":"nobody","distinct_id":" ","properties":{"distinct_id":{"a":1}}}`,
		`{"event":"$snapshot","properties":{"$snapshot_data":[]}}`,
		`{"event":"$snapshot","properties":{"$session_id":"s"}}`,
		`{"event":"$snapshot","properties":{"$session_id":"s","$snapshot_data":5}}`,
		`{"event":"$snapshot","properties":{"$session_id":"s","$snapshot_data":[{"type":5,"timestamp":1795418943000},{},1]}}`,
	)
	want := []model.Reason{"", model.ReasonNoName, model.ReasonNoDistinctID, model.ReasonNoDistinctID, model.ReasonNoSessionID, model.ReasonBadSnapshot, model.ReasonBadSnapshot, ""}
	for i, o := range outcomes {
		got := model.Reason("")
		if o.Refused != nil {
			got = o.Refused.Reason
			if o.Refused.Detail == "" || o.Refused.Bytes == 0 {
				t.Errorf("event %d: %+v", i, o.Refused)
			}
		}
		if got != want[i] {
			t.Errorf("event %d: %q, want %q", i, got, want[i])
		}
	}
	if len(m.Events) != 1 || len(m.Blocks) != 1 {
		t.Errorf("%d events, %d blocks", len(m.Events), len(m.Blocks))
	}
	counts := map[string]int64{}
	for _, r := range m.Refusals {
		counts[string(r.Reason)+" "+r.Event+" "+r.Library] += r.Count
	}
	if want := map[string]int64{"no_event_name  posthog-go/1.5.2": 1, "no_distinct_id nobody ": 2, "no_session_id $snapshot ": 1, "bad_snapshot $snapshot ": 4}; !reflect.DeepEqual(counts, want) {
		t.Errorf("refusals %v", counts)
	}
}

func TestIDs(t *testing.T) {
	id := func(raws ...string) []string {
		_, outcomes := stored(t, ingest.Limits{}, raws...)
		var out []string
		for _, o := range outcomes {
			if u, err := uuid.Parse(o.ID); err != nil || u == uuid.Nil {
				t.Errorf("id %q", o.ID)
			}
			out = append(out, o.ID)
		}
		return out
	}
	e := func(rest string) string {
		return `{"event":"x","distinct_id":"u","timestamp":"2026-11-23T07:59:00Z"` + rest + `}`
	}
	if got := id(e(`,"uuid":"01A20750-2089-7518-8311-80C2DEACD288"`))[0]; got != someID {
		t.Errorf("the client's: %s", got)
	}
	a, b := id(e(`,"uuid":"order-17"`))[0], id(e(`,"uuid":"order-18"`))[0]
	if a == b || id(`{"event":"y","distinct_id":"v","uuid":"order-17"}`)[0] != a {
		t.Error("an id that is no uuid names its event")
	}
	plain := id(e(`,"uuid":""`))[0]
	for _, same := range []string{e(``), e(`,"uuid":"00000000-0000-0000-0000-000000000000"`), e(`,"sent_at":"2026-11-23T08:00:00Z"`), e(`,"uuid":"","sent_at":"x"`), e(`,"token":"phc_x"`)} {
		if got := id(same)[0]; got != plain {
			t.Errorf("%s has another id than its retry", same)
		}
	}
	for _, other := range []string{e(`,"properties":{"a":1}`), e(`,"send_feature_flags":true`), `{"event":"x","distinct_id":"u2","timestamp":"2026-11-23T07:59:00Z"}`} {
		if got := id(other)[0]; got == plain {
			t.Errorf("%s has the id of another event", other)
		}
	}
	// Two equal events of one request are stored as two events. A retry of the request has the same two ids.
	twice := id(e(``), e(``), e(`,"n":1`))
	if twice[0] == twice[1] || twice[0] != plain || !reflect.DeepEqual(twice, id(e(``), e(``), e(`,"n":1`))) {
		t.Errorf("%v", twice)
	}
	if uuid.MustParse(plain).Version() != 5 || uuid.MustParse(twice[1]).Version() != 5 {
		t.Error("made ids are of version 5")
	}
	// Stored data depend on these ids.
	if plain != "40a49f41-2c23-5d1c-a183-ab4759348d52" || a != "31e91c00-199a-5cd0-af11-d58479c99e38" {
		t.Errorf("made ids changed, so a retry across an upgrade counts twice: %s, %s", plain, a)
	}
}

func TestIdentities(t *testing.T) {
	at := func(i model.Identity) model.Identity {
		i.Project, i.UUID, i.TimeMS = "p", uuid.MustParse(someID), evTime
		return i
	}
	event := func(name, rest string) string {
		return fmt.Sprintf(`{"uuid":%q,"event":%q,"timestamp":"2026-11-23T07:59:00Z",%s}`, someID, name, rest)
	}
	for _, tt := range []struct {
		name, event string
		want        []model.Identity
	}{
		{"browser", event("$identify", `"properties":{"distinct_id":"u","$anon_distinct_id":"anon"},"$set":{"email":"a@b.example","name":"Ann"}`),
			[]model.Identity{{ID: "u", OtherID: "anon", Name: "Ann", Email: "a@b.example"}}},
		{"node", event("$identify", `"distinct_id":"u","properties":{"$set":{"email":"a@b.example"},"$set_once":{"first_name":"Ann","last_name":"Lee","email":"old@b.example"}}`),
			[]model.Identity{{ID: "u", Name: "Ann Lee", Email: "a@b.example"}}},
		{"identified, no more", event("$identify", `"distinct_id":"u","properties":{"$anon_distinct_id":"u"}`), []model.Identity{{ID: "u"}}},
		{"go alias", event("$create_alias", `"properties":{"distinct_id":"u","alias":"u2"}`), []model.Identity{{ID: "u", OtherID: "u2"}}},
		{"merge", event("$merge_dangerously", `"distinct_id":"u","properties":{"alias":"u2"}`), []model.Identity{{ID: "u", OtherID: "u2"}}},
		{"set event", event("$set", `"distinct_id":"u","properties":{"$set":{"username":"ann"}}`), []model.Identity{{ID: "u", Name: "ann"}}},
		{"set on any event", event("bought", `"distinct_id":"u","$set":{"email":"a@b.example"},"properties":{}`), []model.Identity{{ID: "u", Email: "a@b.example"}}},
		{"set of nothing we know", event("bought", `"distinct_id":"u","$set":{"plan":"pro"},"properties":{"alias":"x","$anon_distinct_id":"y"}`), nil},
		{"name of another type", event("bought", `"distinct_id":"u","$set":{"name":{"a":1},"email":null},"properties":{}`), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, _ := stored(t, ingest.Limits{}, tt.event)
			for i := range tt.want {
				tt.want[i] = at(tt.want[i])
			}
			if !reflect.DeepEqual(m.Identities, tt.want) {
				t.Errorf("got %+v\nwant %+v", m.Identities, tt.want)
			}
		})
	}
}

func TestSnapshots(t *testing.T) {
	data := `[{"type":4,"data":{"href":"https://shop.example/"},"timestamp":1795418943000},{"type":2,"data":{"node":{"type":0,"id":1}},"timestamp":1795418943001}]`
	m, outcomes := stored(t, ingest.Limits{EventBytes: 10}, `{"event":"$snapshot","uuid":"`+someID+`","properties":{"$session_id":"s","$window_id":"w","distinct_id":"d","$snapshot_data":`+data+`}}`)
	b := m.Blocks[uuid.MustParse(someID)]
	want := model.Block{Project: "p", UUID: uuid.MustParse(someID), SessionID: "s", WindowID: "w", DistinctID: "d", ReceivedMS: received, FirstMS: 1795418943000, LastMS: 1795418943001,
		Location: b.Location, RawBytes: b.RawBytes, Events: 2, Snapshots: []model.Snapshot{{AtMS: 1795418943001, Line: 0}}, URL: "https://shop.example/"}
	if !reflect.DeepEqual(b, want) || len(m.Bodies) != 1 || b.Location.Length != int64(len(m.Bodies[0])) || outcomes[0].ID != someID || outcomes[0].Truncated {
		t.Errorf("got\n%+v\nwant\n%+v\n%+v", b, want, outcomes)
	}
	if len(m.Events) != 0 || len(m.Contents) != 0 {
		t.Error("a $snapshot left an event")
	}
	// A recording of an app without windows and without a person, in the legacy property.
	m, _ = stored(t, ingest.Limits{}, `{"event":"$snapshot","properties":{"$session_id":"s","$snapshot_source":"mobile","$snapshot_items":`+data+`}}`)
	for _, b := range m.Blocks {
		if b.WindowID != "s" || b.DistinctID != "" {
			t.Errorf("%+v", b)
		}
	}
	// An empty recording stores nothing, but is accepted, so that the client does not send it again.
	m, outcomes = stored(t, ingest.Limits{}, `{"event":"$snapshot","properties":{"$session_id":"s","$snapshot_data":[]}}`)
	if len(m.Blocks)+len(m.Bodies)+len(m.Refusals)+len(m.Commits) != 0 || outcomes[0].Refused != nil || outcomes[0].ID == "" {
		t.Errorf("%+v", outcomes)
	}
}
