package query

import (
	"context"
	"slices"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/filter"
)

// PersonRow is a row of the list of people.
type PersonRow struct {
	Person        Person       `json:"person"`
	Generations   int64        `json:"generations" doc:"generations and embeddings"`
	Traces        int64        `json:"traces"`
	Conversations int64        `json:"conversations"`
	Sessions      int64        `json:"sessions" doc:"in which these happened"`
	CostUSD       *float64     `json:"cost_usd" doc:"null when nothing has a price"`
	Unpriced      int64        `json:"unpriced" doc:"generations whose cost is not known"`
	InputTokens   int64        `json:"input_tokens"`
	OutputTokens  int64        `json:"output_tokens"`
	Errors        int64        `json:"errors" doc:"generations that failed"`
	ErrorRate     *float64     `json:"error_rate" doc:"0 to 1"`
	FirstMS       int64        `json:"first_ms" doc:"when the first of these generations began"`
	LastMS        int64        `json:"last_ms" doc:"when the last of these generations began"`
	Linked        *LinkedTrace `json:"linked" doc:"the latest of its traces that is linked to a recording; null if none is, or if it would take too long to find it"`
	Q             string       `json:"q" doc:"finds its generations"`
}

// ErrorGroup is a row of the list of errors: failures with the same cause.
type ErrorGroup struct {
	Message   *string      `json:"message" doc:"the text that these errors have in common, without numbers, ids, addresses and quoted text; null if they have no text"`
	Example   *string      `json:"example" doc:"the text of the last error"`
	Count     int64        `json:"count" doc:"generations, embeddings and spans with this error"`
	Traces    int64        `json:"traces"`
	People    int64        `json:"people" doc:"who was affected"`
	Models    []string     `json:"models" nullable:"false" doc:"the ten most frequent"`
	FirstMS   int64        `json:"first_ms"`
	LastMS    int64        `json:"last_ms"`
	TraceID   *string      `json:"trace_id" doc:"of the last of them"`
	SessionID *string      `json:"session_id" doc:"the last session in which it happened"`
	Linked    *LinkedTrace `json:"linked" doc:"the latest of its traces that is linked to a recording; null if none is, or if it would take too long to find it"`
	Q         string       `json:"q" doc:"finds them"`
}

// Tool is a row of the list of tools.
type Tool struct {
	Name        string       `json:"name"`
	MCPServers  []string     `json:"mcp_servers" nullable:"false" doc:"its MCP servers, if they were sent"`
	Calls       int64        `json:"calls" doc:"the larger of runs and answers, because some clients do not trace runs"`
	Answers     int64        `json:"answers" doc:"calls of it in answers of models"`
	Runs        int64        `json:"runs" doc:"spans in which it ran"`
	Failures    int64        `json:"failures" doc:"runs that failed"`
	FailureRate *float64     `json:"failure_rate" doc:"0 to 1, null without runs"`
	LatencyP50S *float64     `json:"latency_p50_s" doc:"of its runs"`
	LatencyP95S *float64     `json:"latency_p95_s"`
	Traces      int64        `json:"traces"`
	People      int64        `json:"people"`
	FirstMS     int64        `json:"first_ms"`
	LastMS      int64        `json:"last_ms"`
	TraceID     *string      `json:"trace_id" doc:"of the last call"`
	Linked      *LinkedTrace `json:"linked" doc:"the latest of its traces that is linked to a recording; null if none is, or if it would take too long to find it"`
	Q           string       `json:"q" doc:"finds its calls"`
}

// Prompt is a row of the list of prompts: a version of one.
type Prompt struct {
	Name         string       `json:"name"`
	Version      *string      `json:"version"`
	Generations  int64        `json:"generations"`
	Traces       int64        `json:"traces"`
	People       int64        `json:"people"`
	CostUSD      *float64     `json:"cost_usd" doc:"null when nothing has a price"`
	Unpriced     int64        `json:"unpriced"`
	InputTokens  int64        `json:"input_tokens"`
	OutputTokens int64        `json:"output_tokens"`
	LatencyP50S  *float64     `json:"latency_p50_s"`
	LatencyP95S  *float64     `json:"latency_p95_s"`
	TTFTP50S     *float64     `json:"ttft_p50_s"`
	Errors       int64        `json:"errors"`
	ErrorRate    *float64     `json:"error_rate"`
	Feedback     int64        `json:"feedback" doc:"traces with feedback from people"`
	Score        *float64     `json:"score" doc:"the mean of the scores of its generations' traces"`
	FirstMS      int64        `json:"first_ms"`
	LastMS       int64        `json:"last_ms"`
	Linked       *LinkedTrace `json:"linked" doc:"the latest of its traces that is linked to a recording; null if none is, or if it would take too long to find it"`
	Q            string       `json:"q" doc:"finds its generations"`
}

// Provider is a row of the list of providers: the calls of all of its models.
type Provider struct {
	Provider     *string      `json:"provider" doc:"null for calls that name none"`
	Models       int64        `json:"models" doc:"how many of its models were called"`
	Calls        int64        `json:"calls" doc:"generations and embeddings"`
	CostUSD      *float64     `json:"cost_usd" doc:"of the calls with a known cost; null if there are none"`
	Unpriced     int64        `json:"unpriced" doc:"calls without a known cost"`
	InputTokens  int64        `json:"input_tokens"`
	OutputTokens int64        `json:"output_tokens"`
	Errors       int64        `json:"errors" doc:"calls that failed"`
	ErrorRate    *float64     `json:"error_rate" doc:"0 to 1"`
	FirstMS      int64        `json:"first_ms" doc:"start of the first call"`
	LastMS       int64        `json:"last_ms" doc:"start of the last call"`
	Linked       *LinkedTrace `json:"linked" doc:"the latest of its traces that is linked to a recording; null if none is, or if it would take too long to find it"`
	Q            string       `json:"q" doc:"finds its calls"`
}

// Figures that several lists share.
var (
	spent  = []figure{{"cost_usd", "sum(cost)", ""}, {"priced", "count", "cost:*"}, {"unpriced", "count", "cost_state:unpriced"}, {"input_tokens", "sum(input_tokens)", ""}, {"output_tokens", "sum(output_tokens)", ""}}
	failed = []figure{{"errors", "sum(error)", ""}, {"error_rate", "rate(error)", ""}}
	when   = []figure{{"first_ms", "min(start)", ""}, {"last_ms", "max(start)", ""}}
)

var (
	peopleGroups = newGrouping(listPeople, filter.Generations, "person:*", "person", "-last_ms", slices.Concat(
		[]figure{{"generations", "count", ""}, {"traces", "uniq(trace)", ""}, {"conversations", "uniq(conversation)", ""}, {"sessions", "uniq(session)", ""}, latestTrace}, spent, failed, when)...)
	errorGroups = newGrouping(listErrors, filter.Generations, "error:true kind:generation,embedding,span", "error_group", "-last_ms", slices.Concat(
		[]figure{{"count", "count", ""}, {"traces", "uniq(trace)", ""}, {"people", "uniq(person)", ""}, {"example", "last(error_text)", ""},
			latestTrace, {"session_id", "last(session)", ""}}, when)...)
	toolGroups = newGrouping(listTools, filter.Generations, "tool:* kind:generation,span", "tool", "-calls", slices.Concat(
		[]figure{{"calls", "count", ""}, {"answers", "count", "kind:generation"}, {"runs", "count", "kind:span"}, {"failures", "sum(error)", "kind:span"},
			{"failure_rate", "rate(error)", "kind:span"}, {"latency_p50_s", "p50(latency)", "kind:span"}, {"latency_p95_s", "p95(latency)", "kind:span"},
			{"traces", "uniq(trace)", ""}, {"people", "uniq(person)", ""}, latestTrace}, when)...)
	promptGroups = newGrouping(listPrompts, filter.Generations, "prompt_name:*", "prompt_name,prompt_version", "-last_ms", slices.Concat(
		[]figure{{"generations", "count", ""}, {"traces", "uniq(trace)", ""}, {"people", "uniq(person)", ""}, {"latency_p50_s", "p50(latency)", ""},
			{"latency_p95_s", "p95(latency)", ""}, {"ttft_p50_s", "p50(ttft)", ""}, {"feedback", "uniq(trace)", "feedback:*"}, {"score", "avg(score)", ""}, latestTrace}, spent, failed, when)...)
	providerGroups = newGrouping(listProviders, filter.Generations, "kind:generation,embedding", "provider", "-cost_usd", slices.Concat(
		[]figure{{"calls", "count", ""}, {"models", "uniq(model)", ""}, latestTrace}, spent, failed, when)...)
)

// modelGroups are the models as exported to files. Models shows more about each, which needs the price lists.
var modelGroups = newGrouping(listModels, filter.Generations, "kind:generation,embedding", "provider,model", "-cost_usd", slices.Concat(
	[]figure{{"calls", "count", ""}, {"given", "count", "cost_state:given"}}, spent, []figure{{"last_ms", "max(start)", ""}})...)

// mostBeside is how many values of another field a row of a group lists.
const mostBeside = 10

// People lists the persons who made calls.
func (s *Service) People(ctx context.Context, scope access.Scope, r ListRequest) (Groups[PersonRow], error) {
	in, err := s.group(ctx, scope, peopleGroups, r)
	if err != nil {
		return Groups[PersonRow]{}, err
	}
	ids := make([]string, len(in.rows))
	for i, row := range in.rows {
		ids[i] = row.key(0)
	}
	var who people
	linked, err := s.linkedBeside(ctx, scope, in, func(ctx context.Context) (err error) {
		who, err = s.peopleOf(ctx, scope, ids)
		return err
	})
	if err != nil {
		return Groups[PersonRow]{}, err
	}
	return groupsView(in, r, func(row groupRow) PersonRow {
		return PersonRow{
			Person: *who.of(row.key(0)), Generations: row.int("generations"), Traces: row.int("traces"), Conversations: row.int("conversations"),
			Sessions: row.int("sessions"), CostUSD: row.cost(), Unpriced: row.int("unpriced"), InputTokens: row.int("input_tokens"),
			OutputTokens: row.int("output_tokens"), Errors: row.int("errors"), ErrorRate: row.number("error_rate"),
			FirstMS: row.int("first_ms"), LastMS: row.int("last_ms"), Linked: linked[row.keys()], Q: row.q(),
		}
	}), nil
}

// Errors lists failures, grouped by their cause.
func (s *Service) Errors(ctx context.Context, scope access.Scope, r ListRequest) (Groups[ErrorGroup], error) {
	in, err := s.group(ctx, scope, errorGroups, r)
	if err != nil {
		return Groups[ErrorGroup]{}, err
	}
	var models map[string][]string
	linked, err := s.linkedBeside(ctx, scope, in, func(ctx context.Context) (err error) {
		models, err = s.beside(ctx, in, "model", mostBeside)
		return err
	})
	if err != nil {
		return Groups[ErrorGroup]{}, err
	}
	return groupsView(in, r, func(row groupRow) ErrorGroup {
		return ErrorGroup{
			Message: text(row.key(0)), Example: row.text("example"), Count: row.int("count"), Traces: row.int("traces"), People: row.int("people"),
			Models: orNone(models[row.key(0)]), FirstMS: row.int("first_ms"), LastMS: row.int("last_ms"), TraceID: row.text("trace_id"),
			SessionID: row.text("session_id"), Linked: linked[row.keys()], Q: row.q(),
		}
	}), nil
}

// Tools lists the tools that were called.
func (s *Service) Tools(ctx context.Context, scope access.Scope, r ListRequest) (Groups[Tool], error) {
	in, err := s.group(ctx, scope, toolGroups, r)
	if err != nil {
		return Groups[Tool]{}, err
	}
	var servers map[string][]string
	linked, err := s.linkedBeside(ctx, scope, in, func(ctx context.Context) (err error) {
		servers, err = s.beside(ctx, in, "mcp_server", mostBeside)
		return err
	})
	if err != nil {
		return Groups[Tool]{}, err
	}
	return groupsView(in, r, func(row groupRow) Tool {
		return Tool{
			Name: row.key(0), MCPServers: orNone(servers[row.key(0)]), Calls: max(row.int("answers"), row.int("runs")), Answers: row.int("answers"),
			Runs: row.int("runs"), Failures: row.int("failures"), FailureRate: row.number("failure_rate"), LatencyP50S: row.number("latency_p50_s"),
			LatencyP95S: row.number("latency_p95_s"), Traces: row.int("traces"), People: row.int("people"), FirstMS: row.int("first_ms"),
			LastMS: row.int("last_ms"), TraceID: row.text("trace_id"), Linked: linked[row.keys()], Q: row.q(),
		}
	}), nil
}

// Prompts lists the prompts that were used, by name and version.
func (s *Service) Prompts(ctx context.Context, scope access.Scope, r ListRequest) (Groups[Prompt], error) {
	in, err := s.group(ctx, scope, promptGroups, r)
	if err != nil {
		return Groups[Prompt]{}, err
	}
	linked, err := s.linkedBeside(ctx, scope, in)
	if err != nil {
		return Groups[Prompt]{}, err
	}
	return groupsView(in, r, func(row groupRow) Prompt {
		return Prompt{
			Name: row.key(0), Version: text(row.key(1)), Generations: row.int("generations"), Traces: row.int("traces"), People: row.int("people"),
			CostUSD: row.cost(), Unpriced: row.int("unpriced"), InputTokens: row.int("input_tokens"), OutputTokens: row.int("output_tokens"),
			LatencyP50S: row.number("latency_p50_s"), LatencyP95S: row.number("latency_p95_s"), TTFTP50S: row.number("ttft_p50_s"),
			Errors: row.int("errors"), ErrorRate: row.number("error_rate"), Feedback: row.int("feedback"), Score: row.number("score"),
			FirstMS: row.int("first_ms"), LastMS: row.int("last_ms"), Linked: linked[row.keys()], Q: row.q(),
		}
	}), nil
}

// Providers lists the providers whose models were called, the most expensive ones first.
func (s *Service) Providers(ctx context.Context, scope access.Scope, r ListRequest) (Groups[Provider], error) {
	in, err := s.group(ctx, scope, providerGroups, r)
	if err != nil {
		return Groups[Provider]{}, err
	}
	linked, err := s.linkedBeside(ctx, scope, in)
	if err != nil {
		return Groups[Provider]{}, err
	}
	return groupsView(in, r, func(row groupRow) Provider {
		return Provider{
			Provider: text(row.key(0)), Models: row.int("models"), Calls: row.int("calls"), CostUSD: row.cost(), Unpriced: row.int("unpriced"),
			InputTokens: row.int("input_tokens"), OutputTokens: row.int("output_tokens"), Errors: row.int("errors"), ErrorRate: row.number("error_rate"),
			FirstMS: row.int("first_ms"), LastMS: row.int("last_ms"), Linked: linked[row.keys()], Q: row.q(),
		}
	}), nil
}

func orNone(all []string) []string {
	if all == nil {
		return []string{}
	}
	return all
}
