package api

import (
	"context"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/query"
)

// NarrowingParams are the parameters that lists, aggregates and facets share. The name is exported because huma finds parameters only in exported
// fields.
type NarrowingParams struct {
	ProjectParam
	Q         string `query:"q" example:"model:gpt-4o* latency:>2s refund" doc:"An expression of the query language (docs/query.md): fields with values, and words to search for. /api/fields lists the fields."`
	From      string `query:"from" format:"date-time" example:"2026-05-04T13:30:00Z" doc:"Only rows that began at or after this instant (RFC 3339)."`
	To        string `query:"to" format:"date-time" example:"2026-05-05T00:00:00Z" doc:"Only rows that began before this instant (RFC 3339)."`
	TraceID   string `query:"trace_id" doc:"Only this trace, or its sessions."`
	SessionID string `query:"session_id" doc:"Only this session, or rows of it."`
	Person    string `query:"person" example:"user_123" doc:"Any id of a person; if no person has that id, a part of an id, name or email address."`
	Errors    bool   `query:"errors" doc:"Only rows that failed."`
}

func (n NarrowingParams) narrowing() query.Narrowing {
	return query.Narrowing{Q: n.Q, From: n.From, To: n.To, TraceID: n.TraceID, SessionID: n.SessionID, Person: n.Person, ErrorsOnly: n.Errors}
}

// list has the parameters of all lists.
type list struct {
	NarrowingParams
	Sort   string `query:"sort" example:"-latency" doc:"A sortable field, with a - before it for the largest first. Rows without a value come last. Default: by latest activity, newest first."`
	Limit  int    `query:"limit" default:"50" minimum:"1" maximum:"500" doc:"Rows of one answer."`
	Cursor string `query:"cursor" doc:"The next of the previous answer, with the same sort."`
	Count  bool   `query:"count" doc:"Whether to count all rows that match: total."`
}

func (l list) request() query.ListRequest {
	return query.ListRequest{Narrowing: l.narrowing(), Sort: l.Sort, Limit: l.Limit, Cursor: l.Cursor, Count: l.Count}
}

func (a *api) traces(ctx context.Context, scope access.Scope, in *list) (List[Trace], error) {
	return a.query.Traces(ctx, scope, in.request())
}

func (a *api) generations(ctx context.Context, scope access.Scope, in *list) (List[Generation], error) {
	return a.query.Generations(ctx, scope, in.request())
}

func (a *api) sessions(ctx context.Context, scope access.Scope, in *list) (List[Session], error) {
	return a.query.Sessions(ctx, scope, in.request())
}

func (a *api) conversations(ctx context.Context, scope access.Scope, in *list) (List[Conversation], error) {
	return a.query.Conversations(ctx, scope, in.request())
}

func (a *api) feedback(ctx context.Context, scope access.Scope, in *list) (List[Opinion], error) {
	return a.query.Opinions(ctx, scope, in.request())
}

func (a *api) opinion(ctx context.Context, scope access.Scope, in *GenerationID) (Opinion, error) {
	return a.query.Opinion(ctx, scope, in.ID)
}

// groupList has the parameters of lists whose rows are groups of generations.
type groupList struct {
	NarrowingParams
	Sort   string `query:"sort" example:"-cost_usd" doc:"A figure of the rows, with a - before it for the largest first. Rows without a value come last. By default the latest come first."`
	Limit  int    `query:"limit" default:"50" minimum:"1" maximum:"500" doc:"Rows of one answer."`
	Cursor string `query:"cursor" doc:"The next of the previous answer, with the same sort."`
}

func (l groupList) request() query.ListRequest {
	return query.ListRequest{Narrowing: l.narrowing(), Sort: l.Sort, Limit: l.Limit, Cursor: l.Cursor}
}

func (a *api) people(ctx context.Context, scope access.Scope, in *groupList) (Groups[PersonRow], error) {
	return a.query.People(ctx, scope, in.request())
}

func (a *api) errors(ctx context.Context, scope access.Scope, in *groupList) (Groups[ErrorGroup], error) {
	return a.query.Errors(ctx, scope, in.request())
}

func (a *api) tools(ctx context.Context, scope access.Scope, in *groupList) (Groups[Tool], error) {
	return a.query.Tools(ctx, scope, in.request())
}

func (a *api) prompts(ctx context.Context, scope access.Scope, in *groupList) (Groups[Prompt], error) {
	return a.query.Prompts(ctx, scope, in.request())
}

func (a *api) providers(ctx context.Context, scope access.Scope, in *groupList) (Groups[Provider], error) {
	return a.query.Providers(ctx, scope, in.request())
}

type overview struct {
	NarrowingParams
	TZ      string `query:"tz" example:"Europe/Berlin" doc:"The time zone in which steps of time begin; by default UTC."`
	Bucket  string `query:"bucket" example:"1h" doc:"The length of a bucket of time: 5m, 1h, 1d, 1w. By default there are about sixty buckets."`
	By      string `query:"by" example:"model" doc:"A field; everything is also computed for each of its values."`
	Limit   int    `query:"limit" default:"10" minimum:"1" maximum:"100" doc:"How many values of that field."`
	Compare bool   `query:"compare" doc:"Whether the answer also has the preceding range of the same length."`
}

type doctor struct{ NarrowingParams }

func (a *api) doctor(ctx context.Context, scope access.Scope, in *doctor) (query.Doctor, error) {
	return a.query.Doctor(ctx, scope, in.narrowing())
}

func (a *api) overview(ctx context.Context, scope access.Scope, in *overview) (Overview, error) {
	return a.query.Overview(ctx, scope, query.OverviewRequest{
		Narrowing: in.narrowing(), Zone: in.TZ, Bucket: in.Bucket, By: in.By, Limit: in.Limit, Compare: in.Compare,
	})
}

type changed struct {
	NarrowingParams
	BaseFrom string `query:"base_from" format:"date-time" doc:"Start of the earlier range. By default it has the same length as the other range."`
	BaseTo   string `query:"base_to" format:"date-time" doc:"End of the earlier range; by default the start of the other range."`
	Fields   string `query:"fields" example:"model,prop.tenant" doc:"Fields whose values are compared, separated by commas; by default models, prompts, tools, releases and the like."`
	Limit    int    `query:"limit" default:"20" minimum:"1" maximum:"100" doc:"How many changes."`
}

func (a *api) changed(ctx context.Context, scope access.Scope, in *changed) (Changed, error) {
	return a.query.Changed(ctx, scope, query.ChangedRequest{Narrowing: in.narrowing(), BaseFrom: in.BaseFrom, BaseTo: in.BaseTo, Fields: in.Fields, Limit: in.Limit})
}

type impactOf struct {
	NarrowingParams
	By    string `query:"by" example:"model" doc:"A field; the figures are also computed for each of its values: model, prompt_version, tool, or any other field by which sums can be grouped."`
	Limit int    `query:"limit" default:"10" minimum:"1" maximum:"100" doc:"How many values of that field."`
}

func (a *api) impact(ctx context.Context, scope access.Scope, in *impactOf) (Impact, error) {
	return a.query.Impact(ctx, scope, query.ImpactRequest{Narrowing: in.narrowing(), By: in.By, Limit: in.Limit})
}

type aggregate struct {
	NarrowingParams
	Of      string `query:"of" enum:"generations,traces,sessions,conversations,feedback" required:"true" doc:"The rows to sum up."`
	Measure string `query:"measure" required:"true" example:"count,p95(latency),rate(error)" doc:"Measures separated by commas: count, and uniq, sum, avg, min, max, p50, p75, p90, p95, p99 or rate of a field."`
	By      string `query:"by" example:"model,time(1h)" doc:"Groups separated by commas: fields, ranges of numbers (latency(1s/2s/5s), whose cells are the number of bounds that are reached), and time in steps of seconds, minutes, hours, days or weeks (5m, 1h, 1d, auto), which needs from."`
	TZ      string `query:"tz" example:"Europe/Berlin" doc:"The time zone for steps of time; by default UTC."`
	Order   string `query:"order" example:"-count" doc:"A group or measure, with a - before it for the largest first. Default: by time, else by the first measure, largest first."`
	Limit   int    `query:"limit" minimum:"1" maximum:"10000" doc:"Rows of the answer. Default: 100, and all rows of a sum by time."`
}

func (a *api) aggregate(ctx context.Context, scope access.Scope, in *aggregate) (Table, error) {
	return a.query.Aggregate(ctx, scope, query.SumRequest{
		Narrowing: in.narrowing(), Of: in.Of, Measures: in.Measure, By: in.By, Zone: in.TZ, Order: in.Order, Limit: in.Limit,
	})
}

type newest struct {
	NarrowingParams
	Of string `query:"of" enum:"generations,traces,sessions,conversations,feedback" required:"true" doc:"Which list."`
}

func (a *api) newest(ctx context.Context, scope access.Scope, in *newest) (Newest, error) {
	return a.query.Newest(ctx, scope, in.Of, in.narrowing())
}

type models struct{ NarrowingParams }

func (a *api) models(ctx context.Context, scope access.Scope, in *models) (Models, error) {
	return a.query.Models(ctx, scope, in.narrowing())
}

type facets struct {
	NarrowingParams
	Of     string `query:"of" enum:"generations,traces,sessions,conversations,feedback" required:"true" doc:"The rows to count."`
	Fields string `query:"fields" required:"true" example:"model,provider,prop.tenant" doc:"Fields separated by commas."`
	Limit  int    `query:"limit" default:"10" minimum:"1" maximum:"100" doc:"Values of each field."`
}

func (a *api) facets(ctx context.Context, scope access.Scope, in *facets) (Facets, error) {
	return a.query.Facets(ctx, scope, query.FacetsRequest{Narrowing: in.narrowing(), Of: in.Of, Fields: in.Fields, Limit: in.Limit})
}

type fields struct {
	ProjectParam
	Of string `query:"of" enum:"generations,traces,sessions,conversations,feedback" required:"true" doc:"The kind of rows."`
}

func (a *api) fields(_ context.Context, _ access.Scope, in *fields) (Fields, error) {
	return a.query.Fields(in.Of)
}
