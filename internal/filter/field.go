// Package filter is the language in which lists, sums and searches are asked: the catalogue of fields, the tree of conditions,
// and the text that people and programs write it in. It knows nothing of storage: package sqlgen makes statements of a tree,
// and Match in this package decides by itself, slowly, which is how the others are tested.
package filter

import (
	"slices"
	"strings"

	"github.com/playheadhq/playhead/internal/spelling"
)

// Of is what is asked for.
type Of string

// What can be asked for.
const (
	Generations   Of = "generations"
	Traces        Of = "traces"
	Sessions      Of = "sessions"
	Conversations Of = "conversations"
	// Feedback is what people, metrics and evaluations say.
	Feedback Of = "feedback"
)

// Lists are all of them, in the order in which people are shown them.
var Lists = []Of{Generations, Traces, Sessions, Conversations, Feedback}

// Events says that each row of a list is one event. Rows of the others are made of all events that have one id in common.
func (of Of) Events() bool { return of == Generations || of == Feedback }

// LinksName says that who a row is of can be told by its link, too.
func (of Of) LinksName() bool { return of == Generations || of == Traces }

// Type is what a field's values are.
type Type string

// Types of fields.
const (
	// Text is an id, a name or a word: it is compared whole and with case.
	Text Type = "text"
	// Number is a count.
	Number Type = "number"
	// Duration is in seconds.
	Duration Type = "duration"
	// Decimal is an amount or a rate, with decimals: dollars, tokens a second.
	Decimal Type = "decimal"
	// Bool is true or false.
	Bool Type = "boolean"
	// Choice is one of a few words.
	Choice Type = "choice"
	// Time is an instant in Unix milliseconds.
	Time Type = "time"
)

// Field is something that can be asked about.
type Field struct {
	// Name is how it is written: lower case, or prop. and the name of a custom property.
	Name string
	Type Type
	// Unit is of its values as they are answered, "" for none.
	Unit string
	// Sortable says that lists can be ordered by it.
	Sortable bool
	// Choices are the values of a Choice.
	Choices []string
	// Doc says what it is, for people.
	Doc string
}

// Property is the prefix of custom properties.
const Property = "prop."

// maxProperty bounds the name of a custom property, in bytes.
const maxProperty = 128

// Measures are what can be computed of the field's values over many rows.
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

// Operators are what may stand before a value of the field, "" for being equal.
func (f Field) Operators() []string {
	switch f.Type {
	case Number, Duration, Decimal, Time:
		return []string{"", ">", ">=", "<", "<="}
	}
	return []string{""}
}

// Groupable says that rows can be grouped by it, and its values counted.
func (f Field) Groupable() bool { return f.Type != Duration && f.Type != Decimal && f.Type != Time }

// Many says that rows of a list can have several values of the field.
func (f Field) Many(of Of) bool {
	switch f.Name {
	case "tool":
		return of != Feedback
	case "feedback":
		return true
	case "score":
		return of != Feedback
	}
	if of.Events() {
		return false
	}
	return (f.Type == Text || f.Type == Choice || f.Name == "status") && f.Name != "link" && f.Name != "link_method"
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
)

func text(name, doc string) Field  { return Field{Name: name, Type: Text, Sortable: true, Doc: doc} }
func count(name, doc string) Field { return Field{Name: name, Type: Number, Sortable: true, Doc: doc} }
func duration(name, doc string) Field {
	return Field{Name: name, Type: Duration, Unit: "s", Sortable: true, Doc: doc}
}
func decimal(name, unit, doc string) Field {
	return Field{Name: name, Type: Decimal, Unit: unit, Sortable: true, Doc: doc}
}

// catalogue is every field there is. A trace has the fields of its generations: it has the values of all of its events (models,
// names, persons), any of which may match. Of numbers it has one: tokens, cost and latency are those of its generations and embeddings added
// up, ttft is the longest, error says whether anything failed. Its status are those of all its calls. Its link is its own. A conversation
// has the same of the events that name it. A session has the values of its events and of its recording.
var catalogue = []entry{
	{text("model", "the model that answered"), calls},
	{text("provider", "the provider of the model"), calls},
	{Field{Name: "kind", Type: Choice, Sortable: true, Choices: []string{"generation", "embedding", "span", "trace"}, Doc: "generation, embedding, span or trace"}, calls},
	{text("name", "the name that the program gave it"), calls},
	{duration("latency", "from the start to the end"), calls},
	{duration("ttft", "from the start to the first token"), calls},
	{decimal("cost", "usd", "the known cost in US dollars"), judged},
	{Field{Name: "cost_state", Type: Choice, Sortable: true, Choices: []string{"given", "priced", "unpriced"}, Doc: "whether the client sent the cost, it was calculated, or there is no price"}, calls},
	{decimal("tokens_per_s", "1/s", "output tokens per second of the whole call"), []Of{Generations}},
	{text("service_tier", "flex, priority, batch, …; none for the standard tier"), calls},
	{count("input_tokens", "tokens of the prompt, including cached ones"), calls},
	{count("output_tokens", "tokens of the answer, including reasoning"), calls},
	{count("total_tokens", "tokens of both"), calls},
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
	{Field{Name: "link_method", Type: Choice, Sortable: true, Choices: []string{"exact", "inherited"}, Doc: "how the session of the recording was found"}, linked},
	{Field{Name: "start", Type: Time, Unit: "ms", Sortable: true, Doc: "when it began"}, everywhere},
	{count("turns", "traces in it"), []Of{Conversations}},
	{count("generations", "generations and embeddings in it"), grouped},
	{count("spans", "spans in it"), grouped},
	{count("errors", "failed events in it"), []Of{Traces, Sessions, Conversations}},
	{duration("duration", "from its first to its last event"), []Of{Traces, Sessions, Conversations}},
	{count("clicks", "clicks that were recorded"), []Of{Sessions}},
	{count("keys", "keys that were pressed"), []Of{Sessions}},
	{count("windows", "tabs"), []Of{Sessions}},
	{count("ai_calls", "generations and embeddings in it"), []Of{Sessions}},
	{Field{Name: "recorded", Type: Bool, Sortable: true, Doc: "whether there is a recording"}, []Of{Sessions}},
}

// Fields lists what can be asked of a list, without custom properties, of which there are as many as senders invent.
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

// nearest is the field whose name is most like an unknown one, "" when none is.
func nearest(of Of, name string) string {
	var names []string
	for _, f := range Fields(of) {
		names = append(names, f.Name)
	}
	return spelling.Nearest(name[:min(len(name), maxProperty)], len(name)/2, names)
}
