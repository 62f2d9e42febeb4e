// Package posthog implements the wire protocol of PostHog's SDKs, so that unmodified clients can send to Playhead. It decodes requests into
// model.Delivery values for a Sink, configures what browsers record, and serves them the scripts for that. Only this package knows the protocol and
// PostHog's names; it knows nothing about storage.
//
// One pass over a body checks its JSON and finds its events. The body stays unchanged until the request is answered. The sink asks for the events one
// by one, and arrivals converts each to the model's words.
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
// The form of a body is recognised from the body and its headers. The query also has it in some versions, and is ignored. In this order:
// Content-Encoding (gzip, deflate, zstd, br), gzip without a header, a form's data field with base64 or JSON, bare base64, JSON. The JSON is an object
// with a batch, an array of events, or one event. Ids are at an event's top or in its properties. The project token is at the top as api_key or
// token, in each event's properties, or in an Authorization header.
//
// Bytes that are not UTF-8 become U+FFFD. Properties must be JSON, and are passed on unchanged.
//
// # Answers
//
// Success is exactly 200: posthog-js repeats a request that got another 2xx. It drops a request after a 4xx and repeats it after a 5xx; posthog-go
// repeats everything. Therefore:
//
//	400  the body is broken (nothing of it was taken)     401  no token, or one that is not known
//	408  the body did not arrive in time                  413  over a limit, with the name of the setting to raise
//	415  a content encoding that is not supported         503  cannot store now, or too much in flight; with Retry-After
//	500  a fault of ours, in the log
//
// An element of a batch that is not an event is refused (model.Refusal), and the others are kept.
//
// # Limits
//
// Limits restricts a body's size on the wire and decoded, its number of events, the time in which it must arrive, and the memory of all requests
// together. JSON may nest 4,096 levels inside a property; an event with deeper nesting is refused. Nothing here is recursive.
package posthog
