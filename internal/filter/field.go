// Package filter is the query language of lists, sums and searches: the catalogue of fields, the tree of conditions, and the text that people and
// programs write. It does not depend on a storage. Package sqlgen translates a tree into SQL; Match in this package evaluates it slowly, and is the
// reference in tests.
package filter

import (
	"slices"
	"strings"

	"github.com/playheadhq/playhead/internal/spelling"
)

// Of is the kind of rows that a query asks for.
type Of string

// The kinds of rows.
const (
	Generations   Of = "generations"
	Traces        Of = "traces"
	Sessions      Of = "sessions"
	Conversations Of = "conversations"
	// Feedback is what people, metrics and evaluations sent about calls.
	Feedback Of = "feedback"
)

// Lists are all kinds of rows, in the order in which people see them.
var Lists = []Of{Generations, Traces, Sessions, Conversations, Feedback}

// Events reports whether each row is one event. A row of the other kinds summarises all events that have an id in common.
func (of Of) Events() bool { return of == Generations || of == Feedback }

// LinksName reports whether the link of a row can also determine its person.
func (of Of) LinksName() bool { return of == Generations || of == Traces }

// Type is the type of a field's values.
type Type string

// Types of fields.
const (
	// Text is an id, a name or a word. It is compared as a whole and with case.
	Text Type = "text"
	// Number is a count.
	Number Type = "number"
	// Duration is in seconds.
	Duration Type = "duration"
	// Decimal is an amount or a rate with decimals: dollars, tokens per second.
	Decimal Type = "decimal"
	// Bool is true or false.
	Bool Type = "boolean"
	// Choice is one of a few words.
	Choice Type = "choice"
	// Time is an instant in Unix milliseconds.
	Time Type = "time"
)

// Field is a field that queries can use.
type Field struct {
	// Name is lower case, or prop. followed by the name of a custom property.
	Name string
	Type Type
	// Unit is the unit of values in answers, or "".
	Unit string
	// Sortable means that lists can be ordered by the field.
	Sortable bool
	// Choices are the possible values of a Choice.
	Choices []string
	// Doc describes the field for people.
	Doc string
}

// Property is the prefix of the names of custom properties.
const Property = "prop."

// maxProperty bounds the name of a custom property, in bytes.
const maxProperty = 128

// Measures are the measures that can be computed of the field.
func (f Field) Measures() []string {
	switch f.Type {
	case Number, Duration, Decimal:
		return []string{"sum", "avg", "min", "max", "p50", "p75", "p90", "p95", "p99", "uniq"}
	case Time:
		return []string{"min", "max"}
	case Bool:
		return []string{"rate", "sum"}
	case Text, Choice:
		return []string{"uniq"}
	}
	return nil
}

// Operators are the operators that the field's values may have. "" is equality.
func (f Field) Operators() []string {
	switch f.Type {
	case Number, Duration, Decimal, Time:
		return []string{"", ">", ">=", "<", "<="}
	}
	return []string{""}
}

// Groupable reports whether rows can be grouped by the field and its values counted.
func (f Field) Groupable() bool { return f.Type != Duration && f.Type != Decimal && f.Type != Time }

// Many reports whether a row can have several values of the field.
func (f Field) Many(of Of) bool {
	switch f.Name {
	case "tool":
		return of != Feedback
	case "feedback":
		return true
	case "score":
		return of != Feedback
	case "reaction.kind":
		return true
	case "link", "link_method", "link_reason", "seen", "seen.reason", "visitor":
		return false
	case "country":
		return of == Sessions
	}
	if of.Events() {
		return false
	}
	return f.Type == Text || f.Type == Choice || f.Name == "status"
}

// entry is a field and the lists that have it.
type entry struct {
	Field
	of []Of
}

var (
	everywhere = Lists
	calls      = []Of{Generations, Traces, Conversations}
	linked     = []Of{Generations, Traces}
	grouped    = []Of{Traces, Conversations}
	judged     = []Of{Generations, Traces, Sessions, Conversations}
	opinions   = []Of{Feedback}
	visited    = []Of{Sessions}
)

func text(name, doc string) Field  { return Field{Name: name, Type: Text, Sortable: true, Doc: doc} }
func count(name, doc string) Field { return Field{Name: name, Type: Number, Sortable: true, Doc: doc} }
func duration(name, doc string) Field {
	return Field{Name: name, Type: Duration, Unit: "s", Sortable: true, Doc: doc}
}
func decimal(name, unit, doc string) Field {
	return Field{Name: name, Type: Decimal, Unit: unit, Sortable: true, Doc: doc}
}

// catalogue lists every field. A trace has the values of all of its events (models, names, persons), and any of them may match. It has one value of
// a number: tokens, cost and latency are the sums of its generations and embeddings; ttft is the longest; error is whether anything failed. Its
// status has the values of all of its calls. Its link is its own, and so is what its user saw of the answer and did about it. A conversation has
// the same values, from the events that name it. A session has the values of its events and of its recording; its tokens and cost are sums, too.
var catalogue = []entry{
	{text("model", "the model that answered"), calls},
	{text("provider", "the provider of the model"), calls},
	{Field{Name: "kind", Type: Choice, Sortable: true, Choices: []string{"generation", "embedding", "span", "trace"}, Doc: "generation, embedding, span or trace"}, calls},
	{text("name", "the name that the program gave it"), calls},
	{duration("latency", "from the start to the end"), calls},
	{duration("ttft", "from the start to the first token"), calls},
	{decimal("cost", "usd", "the known cost in US dollars"), judged},
	{Field{Name: "cost_state", Type: Choice, Sortable: true, Choices: []string{"given", "priced", "unpriced", "uncharged"}, Doc: "whether the client sent the cost, it was calculated, it is not known, or the provider refused the call and charges nothing"}, calls},
	{decimal("tokens_per_s", "1/s", "output tokens per second of the whole call"), []Of{Generations}},
	{text("service_tier", "flex, priority, batch, …; none for the standard tier"), calls},
	{count("input_tokens", "tokens of the prompt, including cached ones"), judged},
	{count("output_tokens", "tokens of the answer, including reasoning"), judged},
	{count("total_tokens", "tokens of both"), judged},
	{count("cache_read_tokens", "tokens read from the provider's cache"), calls},
	{count("cache_write_tokens", "tokens written to the provider's cache"), calls},
	{count("reasoning_tokens", "tokens of reasoning"), calls},
	{count("cache_write_1h_tokens", "tokens written to the provider's cache for one hour"), calls},
	{count("cache_read_audio_tokens", "audio tokens read from the provider's cache"), calls},
	{count("audio_input_tokens", "audio tokens of the prompt"), calls},
	{count("audio_output_tokens", "audio tokens of the answer"), calls},
	{count("image_input_tokens", "image tokens of the prompt"), calls},
	{count("image_output_tokens", "image tokens of the answer"), calls},
	{count("web_searches", "web searches of the provider"), calls},
	{Field{Name: "error", Type: Bool, Sortable: true, Doc: "whether it failed"}, calls},
	{Field{Name: "stopped", Type: Bool, Sortable: true, Doc: "whether somebody stopped it before it was complete, which is no error"}, calls},
	{text("error_text", "what the error said"), calls},
	{text("error_group", "what the error said, without numbers, ids, addresses and what stands in quotes: the same for errors of one cause"), calls},
	{count("status", "the HTTP status of the provider's answer"), calls},
	{text("stop", "why the model stopped"), calls},
	{text("prompt_name", "the name of the prompt that was filled in"), calls},
	{text("prompt_version", "the version of that prompt"), calls},
	{text("agent", "the agent that acted"), calls},
	{text("tool", "the tools that an answer calls, or that a span ran"), calls},
	{text("mcp_server", "the MCP server whose tools these are"), calls},
	{text("trace", "the id of the trace"), everywhere},
	{text("conversation", "the id of the conversation"), everywhere},
	{text("session", "the id of the browser's session"), everywhere},
	{text("window", "the id of the tab"), everywhere},
	{text("person", "any id, the name or the email address of the person"), everywhere},
	{text("library", "the SDK that sent it, with its version"), everywhere},
	{text("url", "the page's address"), everywhere},
	{text("env", "the environment: production, staging, …"), everywhere},
	{text("release", "the version of the program that sent it"), everywhere},
	{text("feedback", "feedback of people"), judged},
	{Field{Name: "score", Type: Decimal, Doc: "what feedback, metrics and evaluations say of it as numbers, true and false being 1 and 0"}, judged},
	{Field{Name: "kind", Type: Choice, Sortable: true, Choices: []string{"feedback", "metric", "evaluation"}, Doc: "who said it: a person, a program that measured, or a judge"}, opinions},
	{text("metric", "the name of what was measured or judged"), opinions},
	{text("value", "what was said"), opinions},
	{Field{Name: "score", Type: Decimal, Sortable: true, Doc: "what was said as a number, true and false being 1 and 0"}, opinions},
	{text("about", "the id of the event or span that it is about; none where it is about the trace"), opinions},
	{Field{Name: "link", Type: Choice, Sortable: true, Choices: []string{"linked", "pending", "none"}, Doc: "whether it is linked to a recording"}, linked},
	{Field{Name: "link_method", Type: Choice, Sortable: true, Choices: []string{"exact", "inherited", "feedback", "attribute", "request", "screen", "person"}, Doc: "how the session of the recording was found"}, linked},
	{Field{Name: "link_reason", Type: Choice, Sortable: true, Choices: []string{"no_session_id", "no_recording_yet", "recording_not_started", "no_recording", "ambiguous"}, Doc: "why it is not linked"}, linked},
	{decimal("confidence", "", "how sure it is that this is the right session, from 0 to 1"), linked},
	{Field{Name: "seen", Type: Choice, Sortable: true, Choices: []string{"seen", "partly", "not_shown", "not_visible", "stopped", "unknown"}, Doc: "what of the answer its user saw"}, linked},
	{Field{Name: "seen.reason", Type: Choice, Sortable: true, Choices: []string{
		"no_link", "no_recording", "other_window", "background", "masked", "not_recorded", "mutations_dropped", "no_text", "uncertain",
	}, Doc: "why it is unknown what its user saw"}, linked},
	{Field{Name: "asked", Type: Time, Unit: "ms", Sortable: true, Doc: "when its user asked, by the browser's clock"}, linked},
	{duration("perceived_wait", "from when its user asked until the first words were on the screen; calls that continue an answer have none"), linked},
	{Field{Name: "smoothness", Type: Decimal, Sortable: true, Doc: "the share of reading time, 0 to 1, in which words were there in time for a reader"}, linked},
	{Field{Name: "reaction", Type: Decimal, Sortable: true, Doc: "how its user reacted, from -1 to 1; none where nobody knows"}, linked},
	{Field{Name: "reaction.kind", Type: Choice, Choices: []string{
		"copied", "selected", "followed_link", "retried", "asked_again", "raged", "dead_click", "scrolled_away", "switched_away", "reloaded", "stopped", "left",
		"thumbs_up", "thumbs_down", "thanked", "complained", "went_on",
	}, Doc: "what its user did while waiting for the answer and afterwards"}, linked},
	{duration("before_request", "from when its user asked until the call began"), linked},
	{duration("answer_wait", "how long its user waited for the answer that it completes, one for each question: until the first words or, where none were shown, the first token or the end"), linked},
	{count("unseen_tokens", "output tokens of the answer that its user did not see, by the characters that were shown; none where nobody knows"), linked},
	{duration("answer_before_request", "of an answer with answer_wait: from when its user asked until the call began whose words were the first ones on the screen"), linked},
	{duration("answer_ttft", "of that call: how long its first token took"), linked},
	{duration("answer_latency", "of that call: how long it took"), linked},
	{duration("answer_sent", "of the page's request that carried that call: from when the user asked until it was sent"), linked},
	{duration("answer_queue", "how long the backend had that request before the call began"), linked},
	{duration("answer_arrived", "from when the user asked until the first byte with words of the answer was in the browser"), linked},
	{duration("wait_before", "the perceived wait for the answer before it in its session"), linked},
	{Field{Name: "reaction_before", Type: Decimal, Sortable: true, Doc: "how the user reacted to the answer before it in its session, from -1 to 1; none where that has no perceived wait"}, linked},
	{text("country", "the country of the session in which its user asked"), linked},
	{Field{Name: "visitor", Type: Choice, Sortable: true, Choices: []string{"new", "returning"}, Doc: "whether its user had a session before the one in which they asked"}, linked},
	{Field{Name: "start", Type: Time, Unit: "ms", Sortable: true, Doc: "when it began"}, everywhere},
	{count("turns", "traces in it"), []Of{Conversations}},
	{count("generations", "generations and embeddings in it"), grouped},
	{count("spans", "spans in it"), grouped},
	{count("errors", "failed events in it"), []Of{Traces, Sessions, Conversations}},
	{duration("duration", "from its first to its last event"), []Of{Traces, Sessions, Conversations}},
	{text("page", "the addresses of its pages"), visited},
	{text("clicked", "the labels of what was clicked"), visited},
	{text("country", "the country, where the SDK or a proxy says it"), visited},
	{text("browser", "the browser: Chrome, Firefox, …"), visited},
	{text("os", "the operating system"), visited},
	{text("device", "the kind of device: Desktop, Mobile, Tablet"), visited},
	{text("screen", "the size of the screen: 1920x1080"), visited},
	{count("console_errors", "errors in the console"), visited},
	{count("failed_requests", "requests of its pages that failed"), visited},
	{count("rage_clicks", "times that somebody clicked three times within a second on one spot"), visited},
	{count("dead_clicks", "clicks that nothing followed within a second"), visited},
	{count("clicks", "clicks that were recorded"), visited},
	{count("keys", "keys that were pressed"), visited},
	{count("windows", "tabs"), visited},
	{count("ai_calls", "generations and embeddings in it"), visited},
	{duration("slowest", "the longest latency of its generations and embeddings"), visited},
	{Field{Name: "recorded", Type: Bool, Sortable: true, Doc: "whether there is a recording"}, visited},
}

// Fields lists the fields of a list without custom properties, because senders can invent any number of these.
func Fields(of Of) []Field {
	var all []Field
	for _, e := range catalogue {
		if slices.Contains(e.of, of) {
			all = append(all, e.Field)
		}
	}
	return all
}

// Find returns the field of that name.
func Find(of Of, name string) (Field, bool) {
	if property, ok := strings.CutPrefix(name, Property); ok {
		if property == "" || len(property) > maxProperty {
			return Field{}, false
		}
		return Field{Name: name, Type: Text, Sortable: true, Doc: "a property that the program sent"}, true
	}
	for _, e := range catalogue {
		if e.Name == name && slices.Contains(e.of, of) {
			return e.Field, true
		}
	}
	return Field{}, false
}

// nearest is the field whose name is most similar to an unknown one, or "".
func nearest(of Of, name string) string {
	var names []string
	for _, f := range Fields(of) {
		names = append(names, f.Name)
	}
	return spelling.Nearest(name[:min(len(name), maxProperty)], len(name)/2, names)
}
