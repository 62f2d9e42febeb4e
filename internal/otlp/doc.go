// Package otlp implements the OpenTelemetry protocol, over HTTP and over gRPC, and knows the names that instrumentations of LLM clients give to what
// they report. It decodes requests into model.Delivery values for a Sink. Only this package knows these names; it knows nothing about storage.
//
// # Routes
//
//	POST /v1/traces /v1/logs /v1/metrics                          as OpenTelemetry addresses them
//	POST /i/v0/ai/otel /i/v0/ai/otel/v1/traces /i/v1/traces       as PostHog's exporters do
//	POST /api/public/otel/v1/traces                               as Langfuse's do
//	gRPC TraceService, LogsService and MetricsService, Export     on an address of its own
//
// # Bodies
//
// A body is protobuf or JSON, by its Content-Type, with a Content-Encoding or without. It is not decoded as a whole: its spans are found in it, and the
// sink asks for them one by one. So a span that is not valid is refused alone, and the memory of one decoded span suffices. A body in which no spans
// can be found is answered 400.
//
// # Spans
//
// Every span is a row, not only those of LLM calls: a request's span may have the headers that name the session of its user. Its id is made from its
// trace id and its span id, so a span that is sent twice counts once. Its time is its start.
//
// Each attribute that has a meaning here stands in one table with its meaning (names.go), whatever dialect it belongs to. Of several attributes with
// one meaning the first in the table counts. Attributes without a meaning are kept as properties. Messages in numbered attributes are put together
// (numbered.go), and so are those in events of a span, and in logs (messages.go).
//
// # Answers
//
// 200 with the number of refused spans, if there are any; otherwise a google.rpc.Status, in the form of the request. OpenTelemetry's exporters send
// again after 503 and drop a request after any 4xx.
package otlp
