package otlp

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"

	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// maxLatencyMS is the longest duration that is believed: 30 days.
const maxLatencyMS = 30 * 24 * 60 * 60 * 1000

// span reads a span.
func (a *arrivals) span(raw []byte, r *record, to *model.Arrival) error {
	var s tracepb.Span
	decode := a.spans.decode
	if a.json {
		decode = func(raw []byte, s *tracepb.Span) error { return a.unmarshal(raw, s) }
	}
	if err := decode(raw, &s); err != nil {
		return err
	}
	e := &to.Event
	traceID, spanID := a.id(s.GetTraceId()), a.id(s.GetSpanId())
	e.TraceID, e.SpanID, e.ParentID = hexID(traceID), hexID(spanID), hexID(a.id(s.GetParentSpanId()))
	if e.TraceID == "" || e.SpanID == "" {
		to.Refused, to.Detail = model.ReasonNotDecoded, "a span has no trace id or no span id"
		return nil
	}
	e.UUID = idOf("span", traceID, spanID)
	r.attributes = s.GetAttributes()
	r.learn()
	kind, as := r.kindOf()
	e.Kind, e.Title = kind, rawjson.Clip(s.GetName(), model.MaxName)
	e.TimeMS = millis(s.GetStartTimeUnixNano())
	if start, end := s.GetStartTimeUnixNano(), s.GetEndTimeUnixNano(); end >= start && start > 0 {
		if ms := float64(end-start) / 1e6; ms <= maxLatencyMS {
			e.LatencyMS = ms
		}
	}
	r.describe(e, as)
	a.settle(r, e)
	r.streamed(to)
	var said conversation
	failure := ""
	for _, event := range s.GetEvents() {
		carries := said.event(a.pace, event.GetName(), event.GetAttributes(), nil)
		switch name := event.GetName(); {
		case name == "exception":
			failure = exceptionOf(event)
		case e.FirstTokenMS < 0 && firstTokenEvents[name] && event.GetTimeUnixNano() >= s.GetStartTimeUnixNano():
			e.FirstTokenMS = float64(event.GetTimeUnixNano()-s.GetStartTimeUnixNano()) / 1e6
		}
		if !carries {
			r.more = appendEvent(r.more, event)
		}
	}
	closeEvents(r)
	r.status(e, s.GetStatus(), failure)
	r.more = append(r.more, model.Member{Name: "kind", Value: appendQuoted(nil, strings.ToLower(strings.TrimPrefix(s.GetKind().String(), "SPAN_KIND_")))})
	if state := s.GetTraceState(); state != "" {
		r.more = append(r.more, model.Member{Name: "trace_state", Value: appendQuoted(nil, state)})
	}
	if links := s.GetLinks(); len(links) > 0 {
		r.more = append(r.more, model.Member{Name: "links", Value: a.links(links)})
	}
	r.finish(a.pace, &said, to)
	return nil
}

// streamed recognizes the answer of a stream that Logfire's instrumentations of providers send when it has ended: a span without a duration, beside that of
// the request, which has ended when the stream began.
func (r *record) streamed(to *model.Arrival) {
	e := &to.Event
	if !e.Kind.IsCall() || !strings.HasPrefix(r.scope.name, "logfire.") || !strings.HasPrefix(e.Title, "streaming response from ") {
		return
	}
	to.AtEnd = true
	for _, kv := range r.attributes {
		if s, ok := numberOf(kv.GetValue()); ok && kv.GetKey() == "duration" && s >= 0 && s*1000 <= maxLatencyMS {
			e.LatencyMS = s * 1000
		}
	}
}

// millis converts a time of OTLP to milliseconds. It is 0 if there is none or if it does not fit into an int64.
func millis(nanos uint64) int64 {
	if nanos > math.MaxInt64 {
		return 0
	}
	return int64(nanos / 1e6)
}

// firstTokenEvents are events of spans that say that an answer begins.
var firstTokenEvents = map[string]bool{
	"First Token Stream Event": true, "ai.stream.firstChunk": true, "llm.content.completion.chunk": true, "gen_ai.content.completion.chunk": true, "gen_ai.first_token": true,
}

// exceptionOf is the message of an exception, with its type.
func exceptionOf(event *tracepb.Span_Event) string {
	var kind, message string
	for _, kv := range event.GetAttributes() {
		switch kv.GetKey() {
		case "exception.type":
			kind = textOf(kv.GetValue(), model.MaxName)
		case "exception.message":
			message = textOf(kv.GetValue(), model.MaxError)
		}
	}
	if kind != "" && message != "" && !strings.HasPrefix(message, kind) {
		return rawjson.Clip(kind+": "+message, model.MaxError)
	}
	if message == "" {
		return kind
	}
	return message
}

// appendEvent adds an event to the list of a record's events, which is closed by closeEvents.
func appendEvent(more []model.Member, event *tracepb.Span_Event) []model.Member {
	if len(more) == 0 {
		more = append(more, model.Member{Name: "events"})
	}
	dst := more[0].Value
	if dst == nil {
		dst = []byte{'['}
	} else {
		dst = append(dst, ',')
	}
	dst = append(appendQuoted(append(dst, `{"name":`...), event.GetName()), `,"time":`...)
	dst = append(dst, '"')
	dst = time.Unix(0, int64(min(event.GetTimeUnixNano(), math.MaxInt64))).UTC().AppendFormat(dst, time.RFC3339Nano)
	dst = append(dst, `","attributes":`...)
	dst = append(appendObject(dst, event.GetAttributes()), '}')
	more[0].Value = dst
	return more
}

func closeEvents(r *record) {
	if len(r.more) > 0 {
		r.more[0].Value = append(r.more[0].Value, ']')
	}
}

// links are the spans of other traces to which a span is linked.
func (a *arrivals) links(all []*tracepb.Span_Link) []byte {
	dst := []byte{'['}
	for i, l := range all {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(append(append(dst, `{"trace_id":"`...), hexID(a.id(l.GetTraceId()))...), `","span_id":"`...)
		dst = append(append(dst, hexID(a.id(l.GetSpanId()))...), `","attributes":`...)
		dst = append(appendObject(dst, l.GetAttributes()), '}')
	}
	return append(dst, ']')
}

// status sets whether a span failed or was stopped, and why.
func (r *record) status(e *model.Event, s *tracepb.Status, exception string) {
	name := r.text(mErrorType, model.MaxName)
	e.IsError = s.GetCode() == tracepb.Status_STATUS_CODE_ERROR || strings.EqualFold(r.text(mLevel, 16), "ERROR") || e.Kind.IsCall() && name != ""
	message := r.text(mErrorText, model.MaxError)
	for _, text := range [...]string{exception, rawjson.Clip(s.GetMessage(), model.MaxError), message, name} {
		if text != "" && (e.IsError || text == exception) {
			e.Error = text
			break
		}
	}
	if model.Aborted(e.HTTPStatus, e.StopReason, name, e.Error) {
		e.Stopped, e.IsError = true, false
		if e.Tokens.Input <= 0 && e.Tokens.Output <= 0 {
			e.Tokens = model.UnknownTokens() // the usage comes with the end of a stream
		}
	} else if !e.IsError {
		e.Error = "" // the program caught this exception; it is still in the events
	}
}

// describe sets the fields of an event that its attributes give, except its time, kind and content.
func (r *record) describe(e *model.Event, as role) {
	e.Library = rawjson.Clip(r.library(), model.MaxName)
	e.Env, e.Release = r.text(mEnv, model.MaxName), r.text(mRelease, model.MaxName)
	e.SessionID, e.WindowID, e.DistinctID, e.ConversationID = r.id(mSession), r.id(mWindow), r.id(mPerson), r.id(mConversation)
	if r.found[mMetadata].rank != unsaid {
		r.metadata(e)
	}
	e.Model, e.Provider = r.name(mModel), providerOf(r.name(mProvider))
	if e.Model == "" && r.has(mSettings) {
		e.Model = rawjson.Scalar(rawjson.Member(objectOrNil(structured(nil, r.found[mSettings].v)), "model"), model.MaxName)
	}
	e.Agent = r.name(mAgent)
	e.PromptName, e.PromptVersion = r.name(mPromptName), r.name(mPromptVersion)
	if status, ok := r.number(mHTTPStatus); ok && status >= 0 && status < 1e6 {
		e.HTTPStatus = int32(status)
	}
	e.StopReason = r.text(mStopReason, model.MaxName)
	e.URL = r.text(mURL, model.MaxURL)
	switch as {
	case agentRole:
		// The AI SDK names the span of an agent without a name after the model.
		if name := strings.TrimPrefix(e.Title, "invoke_agent "); e.Agent == "" && (e.Model == "" || !strings.HasPrefix(e.Model, name)) {
			e.Agent = name
		}
	case toolRole:
		tool := r.text(mTool, model.MaxName)
		if tool == "" {
			tool = strings.TrimSuffix(strings.TrimPrefix(e.Title, "execute_tool "), ".tool")
		}
		e.Tools = model.JoinTools(tool)
	}
	r.firstToken(e)
	r.usage(e)
	e.Properties = r.custom()
}

// metadata reads the ids in an object of metadata, for what no attribute says.
func (r *record) metadata(e *model.Event) {
	object := asJSON(nil, textOf(r.found[mMetadata].v, 64<<10))
	if object == nil {
		object = appendJSON(nil, r.found[mMetadata].v)
	}
	if rawjson.KindOf(object) != rawjson.Object {
		return
	}
	for key, v := range rawjson.Members(object) {
		var to *string
		switch carried[string(key)] {
		case mSession:
			to = &e.SessionID
		case mWindow:
			to = &e.WindowID
		case mPerson:
			to = &e.DistinctID
		case mConversation, mEitherSession: // nothing here tells whether a session is the browser's
			to = &e.ConversationID
		default:
			continue
		}
		if *to == "" {
			*to = rawjson.Scalar(v, model.MaxID)
		}
	}
}

// firstToken sets the time until the first token.
func (r *record) firstToken(e *model.Event) {
	set := func(ms float64) {
		if ms >= 0 && ms <= maxLatencyMS && e.FirstTokenMS < 0 {
			e.FirstTokenMS = ms
		}
	}
	if s, ok := r.number(mFirstTokenS); ok {
		set(s * 1000)
	}
	if ms, ok := r.number(mFirstTokenMS); ok {
		set(ms)
	}
	if at := strings.Trim(r.text(mFirstTokenAt, 64), `"`); at != "" {
		if t, err := time.Parse(time.RFC3339Nano, at); err == nil {
			set(float64(t.UnixMicro())/1000 - float64(e.TimeMS))
		}
	}
}

// providers are OpenTelemetry's names of providers, with the names that all others use.
var providers = map[string]string{
	"aws.bedrock": "bedrock", "azure.ai.openai": "azure", "az.ai.openai": "azure", "azure.ai.inference": "azure", "az.ai.inference": "azure",
	"gcp.gemini": "google", "gcp.gen_ai": "google", "gcp.vertex_ai": "vertex_ai", "x_ai": "xai", "mistral_ai": "mistral", "ibm.watsonx.ai": "watsonx",
	"strands-agents": "", // the name of a framework: the model tells the provider
}

// providerOf is a provider's name as others write it. The AI SDK adds which of the provider's interfaces was used: "openai.responses".
func providerOf(sent string) string {
	if name, known := providers[sent]; known {
		return name
	}
	name, part, _ := strings.Cut(sent, ".")
	switch part {
	case "chat", "responses", "completion", "messages", "embedding", "generative-ai":
		return name
	}
	return sent
}

// custom are the attributes without a meaning, as properties that lists can be filtered by, and the name of the service.
func (r *record) custom() []model.Property {
	var all []model.Property
	seen := map[string]bool{}
	add := func(name string, value string) {
		if len(all) < model.MaxProperties && name != "" && name[0] != '$' && value != "" && len(name)+len(value) <= model.MaxPropertyBytes && !seen[name] {
			seen[name] = true
			all = append(all, model.Property{Name: name, Value: value})
		}
	}
	for _, kv := range r.resource.attributes {
		if kv.GetKey() == "service.name" {
			add(kv.GetKey(), textOf(kv.GetValue(), model.MaxPropertyBytes))
		}
	}
	for _, i := range r.unknown {
		if len(all) == model.MaxProperties {
			break
		}
		if kv := r.attributes[i]; isScalar(kv.GetValue()) {
			add(kv.GetKey(), textOf(kv.GetValue(), model.MaxPropertyBytes+1))
		}
	}
	sortProperties(all)
	return all
}

// finish sets the content of an arrival.
func (r *record) finish(pace *rawjson.Pace, events *conversation, to *model.Arrival) {
	e := &to.Event
	to.Input, to.Output, to.Tools = r.content(pace, events)
	if e.StopReason == "" && e.Kind == model.KindGeneration {
		e.StopReason = stopReason(pace, to.Output)
	}
	to.Properties = r.properties()
	if id := (model.Identity{ID: e.DistinctID, Name: r.text(mFullName, model.MaxName), Email: r.text(mEmail, model.MaxName)}); id.ID != "" && (id.Name != "" || id.Email != "") {
		to.Identities = []model.Identity{id}
	}
}

// stopReason is why an answer ended, as its first message says.
func stopReason(pace *rawjson.Pace, output []byte) string {
	for message := range pace.Items(output) {
		return rawjson.Scalar(pace.Member(message, "finish_reason"), model.MaxName)
	}
	return ""
}

// number writes a number as a JSON value.
func number(f float64) []byte {
	b, err := json.Marshal(f)
	if err != nil {
		return strconv.AppendQuote(nil, strconv.FormatFloat(f, 'g', -1, 64))
	}
	return b
}
