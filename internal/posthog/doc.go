// Package posthog speaks the wire protocol of PostHog's SDKs, so that unmodified clients can be pointed here: it decodes
// what they post into model.Delivery values for a Sink, tells browsers what to record, and serves them the scripts to do
// it with. It knows the wire and PostHog's names for things, of which no other package knows any, and nothing of storage.
//
// A body is taken apart in one pass, which checks its JSON and finds its events; it stays as it is until the request is
// answered. Event by event, as the sink asks for them, arrivals says in the model's words what lies in it.
//
// # Routes
//
// With and without the slash at the end, each with its CORS preflight:
//
//	POST /e/ /i/v0/e/ /capture/ /track/ /engage/   events of browsers; also GET with ?data=
//	POST /s/                                       recordings
//	POST /batch/ /i/v0/ai/batch/                   events of backends
//	POST /i/v1/analytics/events                    the same, v1: Bearer token, an answer per event
//	POST /flags/ /decide/                          no feature flags here; /decide/ brings the remote config too
//	POST /i/v1/logs /i/v1/metrics                  taken and ignored
//	GET  /api/surveys/                             none
//	GET  /array/{token}/config.js  config          remote config, as a script and as JSON
//	GET  /static/{version}/{name}.js  {name}.js    the embedded posthog-js, whatever version is asked for
//
// # Bodies
//
// What a body is can be seen from the body and its headers; the query says it in some versions and is not looked at.
// In this order: Content-Encoding (gzip, deflate, zstd), gzip that no header speaks of, a form's data field with base64
// or JSON in it, bare base64, JSON. The JSON is an object with a batch, an array of events, or one event. Ids stand at
// an event's top or in its properties; the project token stands at the top as api_key or token, in each event's
// properties, or in an Authorization header.
//
// Bytes that are not UTF-8 become U+FFFD. Properties are checked to be JSON and handed on as they came.
//
// # Answers
//
// Success is exactly 200: posthog-js repeats whatever got another 2xx. Of the rest, posthog-js drops 4xx for good and
// repeats 5xx; posthog-go repeats everything. So:
//
//	400  the body is broken (nothing of it was taken)     401  no token, or one that is not known
//	408  the body did not arrive in time                  413  over a limit, with the name of the setting to raise
//	415  a content encoding that is not supported         503  cannot store now, or too much in flight; with Retry-After
//	500  a fault of ours, in the log
//
// An element of a batch that is no event is refused by itself (model.Refusal) and the others are kept.
//
// # Bounds
//
// Limits bound a body on the wire and decoded, its events, the time it may take to arrive, and what all requests hold
// together. JSON may nest 4,096 levels inside a property; an event that nests deeper is refused. Nothing here recurses.
package posthog
