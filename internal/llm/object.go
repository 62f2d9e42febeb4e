package llm

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/playheadhq/playhead/internal/rawjson"
)

// maxDepth is the deepest nesting of JSON that is read. encoding/json refuses to marshal more than 10,000 levels, and an answer adds levels of its own.
const maxDepth = 1000

// Embeddable returns stored JSON in a form that an answer can contain: nil for nothing and null, and a JSON string of the bytes if they are not JSON
// (content may have been cut to size) or nest too deeply.
func Embeddable(raw []byte) json.RawMessage {
	raw = bytes.TrimSpace(raw)
	switch {
	case len(raw) == 0, string(raw) == "null":
		return nil
	case !parsable(raw):
		return quote(string(raw))
	}
	return raw
}

func quote(s string) json.RawMessage {
	b, err := json.Marshal(s)
	if err != nil { // strings always marshal
		return json.RawMessage(`""`)
	}
	return b
}

// parsable reports whether raw is JSON in UTF-8 of limited depth.
func parsable(raw []byte) bool { return rawjson.Check(raw, maxDepth) == nil }

// span is the position of a value in a text: its first byte and the one after its last. The zero span is no value.
type span struct{ from, to int }

func (s span) in(text []byte) []byte { return text[s.from:s.to] }
func (s span) len() int              { return s.to - s.from }

// spanAt is the span of the value that starts at text[from].
func spanAt(text []byte, from int) span { return span{from, rawjson.Skip(text, from)} }

// name is a known name of a member.
type name uint8

const (
	none name = iota
	nRole
	nName
	nType
	nContent
	nParts
	nToolCallID
	nToolUseID
	nReasoningContent
	nReasoning
	nThinking
	nRefusal
	nAudio
	nToolCalls
	nFunctionCall
	nChoices
	nMessages
	nOutput
	nMessage
	nText
	nSummary
	nFunction
	nCustom
	nCallID
	nID
	nToolName
	nArguments
	nInput
	nArgs
	nResult
	nImageURL
	nImage
	nSource
	nInlineData
	nFileID
	nFilename
	nInputAudio
	nData
	nFormat
	nTranscript
	nFile
	nTitle
	nFileData
	nFileURL
	nMediaType
	nURL
	nCitations
	nAnnotations
	nKwargs
	nAction
	nQuery
	nQueries
	nSources
	nResults
	nImages
	nValue
	nToolUse
	nToolResult
	nFunctionResponse
	nExecutableCode
	nCodeResult
	nCode
	nDocument
	nThought
	nJSON
	nURLCitation
	nCitedText
	nReasoningBlock
	nReferences
	nThinkingBlocks
	nProviderFields
	nStatus
	nIsError
	nOutcome
	nUpdate
	nServer
	nError
	nGrounding
	nURLContext
	nCitationMetadata
	names
)

// set is a set of names.
type set [(names + 63) / 64]uint64

func setOf(all ...name) (s set) {
	for _, n := range all {
		s[n/64] |= 1 << (n % 64)
	}
	return s
}

func (s set) has(n name) bool { return s[n/64]&(1<<(n%64)) != 0 }

func (s set) and(all ...name) set {
	for i, w := range setOf(all...) {
		s[i] |= w
	}
	return s
}

// member is the meaning of a member's name.
type member struct {
	name name
	// noise: not interesting to people. envelope: next to the messages in a provider's answer, and shown elsewhere or not interesting.
	noise, envelope bool
}

// spellings are all spellings of each name, in the order of the constants.
const spellings = `role name type content|contents parts tool_call_id tool_use_id|toolUseId reasoning_content|tool_plan reasoning thinking refusal audio
	tool_calls function_call|functionCall choices|candidates messages output message text summary function custom call_id|callId|toolCallId id
	toolName|tool_name arguments input args result|response image_url image source inline_data|inlineData file_id filename input_audio data|bytes
	format transcript file title|document_title file_data|fileData file_url media_type|mediaType|mime_type|mimeType url|uri|file_uri|fileUri
	citations|search_results annotations kwargs|lc_kwargs action|actions|operation query queries sources results images value toolUse toolResult
	function_response|functionResponse executable_code|executableCode code_execution_result|codeExecutionResult code document thought json url_citation
	cited_text reasoningContent|reasoningText reference_ids thinking_blocks provider_specific_fields status is_error|isError outcome update
	server_label|server_name error groundingMetadata|grounding_metadata urlContextMetadata|url_context_metadata citationMetadata|citation_metadata`

// noises are names of members that are not interesting to people: ids, signatures, states, and internal data of providers and frameworks.
const noises = `type role id object index status phase created finish_reason finishReason stop_reason stopReason logprobs detail expires_at cache_control
	cachePoint signature signatures thought_signature thoughtSignature thought_signatures __gemini_function_call_thought_signatures__ encrypted_content
	encrypted_index providerData provider_data providerOptions providerMetadata providerExecuted dynamic extras caller namespace async_ toolset_name prefix closed
	additional_kwargs response_metadata usage_metadata invalid_tool_calls tool_call_chunks lc_serializable lc_kwargs kwargs lc_namespace lc_direct_tool_output lc lg_name
	graph goto resume metadata usage container diagnostics stop_details stop_sequence avgLogprobs safetyRatings safety_ratings is_error isError outcome
	thought parsed parsed_arguments modality language example chunk_position strict state safety_settings page_age native_finish_reason provider_specific_fields __openai_function_call_ids__ builtin`

// envelopes are names of members next to the messages in a provider's whole answer.
const envelopes = `model usage system_fingerprint service_tier created_at completed_at parallel_tool_calls store temperature top_p tool_choice truncation
	background max_output_tokens top_logprobs usageMetadata usage_metadata modelVersion model_version responseId response_id metrics done done_reason
	total_duration load_duration prompt_eval_count prompt_eval_duration eval_count eval_duration stopReason stop_reason performanceConfig trace
	jump_to structured_response thread_model_call_count run_model_call_count`

var members = func() map[string]member {
	all := make(map[string]member)
	for i, s := range strings.Fields(spellings) {
		for _, spelling := range strings.Split(s, "|") {
			all[spelling] = member{name: name(i + 1)}
		}
	}
	if n := len(strings.Fields(spellings)); n != int(names)-1 {
		panic("llm: the names and their constants differ")
	}
	for _, s := range strings.Fields(noises) {
		m := all[s]
		m.noise = true
		all[s] = m
	}
	for _, s := range strings.Fields(envelopes) {
		m := all[s]
		m.envelope = true
		all[s] = m
	}
	return all
}()

func memberOf(key []byte) member {
	if bytes.IndexByte(key, '\\') >= 0 && len(key) < 200 {
		key = rawjson.AppendText(nil, key)
	}
	return members[string(key)]
}

// object is a JSON object in a text. If a name occurs twice the last value counts, as in JSON.parse. It is read in one pass, and finds each name in
// constant time.
type object struct {
	text []byte
	span
	// at is the index plus one in values of a name's value; zero means none. Most objects have a handful of names.
	at     [names]uint8
	values []span
}

// objectAt reads the object that starts at text[from].
func objectAt(text []byte, from int) object { return objectOf(text, spanAt(text, from)) }

func objectOf(text []byte, s span) object {
	o := object{text: text, span: s}
	if s.from >= len(text) || text[s.from] != '{' {
		return o
	}
	for key, value := range rawjson.Members(s.in(text)) {
		if m := memberOf(key); m.name != none {
			if at := o.at[m.name]; at > 0 {
				o.values[at-1] = o.spanOf(value)
				continue
			}
			o.values = append(o.values, o.spanOf(value))
			o.at[m.name] = uint8(len(o.values))
		}
	}
	return o
}

// messageAt is objectAt for a possible message. LangChain's messages in JavaScript contain themselves a second time in lc_kwargs, and PostHog's
// wrapper sends null for repeated values, so missing values are taken from there.
func messageAt(text []byte, from int) object {
	o := objectAt(text, from)
	if s := o.get(nKwargs); o.isObject(s) {
		inner := objectOf(text, s)
		for n := range inner.at {
			if value := inner.get(name(n)); value.to > 0 && !o.has(name(n)) {
				o.values = append(o.values, value)
				o.at[n] = uint8(len(o.values))
			}
		}
	}
	return o
}

// spanOf is the position of a part of the object's text. It follows from the capacity, because slices of one array end at the same place.
func (o *object) spanOf(part []byte) span {
	from := cap(o.text) - cap(part)
	return span{from, from + len(part)}
}

// get returns the value of the first of the names that is present and not null.
func (o *object) get(all ...name) span {
	for _, n := range all {
		if at := o.at[n]; at > 0 && o.text[o.values[at-1].from] != 'n' {
			return o.values[at-1]
		}
	}
	return span{}
}

func (o *object) has(n name) bool { return o.get(n).to > 0 }

func (o *object) kind(s span) rawjson.Kind {
	if s.to == 0 {
		return rawjson.Invalid
	}
	return rawjson.KindOf(s.in(o.text))
}

func (o *object) isString(s span) bool { return o.kind(s) == rawjson.String }
func (o *object) isObject(s span) bool { return o.kind(s) == rawjson.Object }
func (o *object) isArray(s span) bool  { return o.kind(s) == rawjson.Array }

// str returns the value of the first of the names that is a non-empty string, cut to the length that is shown.
func (o *object) str(all ...name) string {
	for _, n := range all {
		if s := o.get(n); o.isString(s) && s.len() > len(`""`) {
			return label(s.in(o.text))
		}
	}
	return ""
}

// maxLabel is the longest name, id or similar, in bytes.
const maxLabel = 1024

// label is the content of a JSON string, cut to length.
func label(v []byte) string {
	if len(v) <= maxLabel {
		return rawjson.Text(v)
	}
	text, _, _ := take(v, 1, len(v)-1, true, maxLabel)
	if len(text) > maxLabel-len("…") {
		text = strings.ToValidUTF8(text[:maxLabel-len("…")], "")
	}
	return text + "…"
}

// lacks reports whether o has no interesting members except the given names.
func (o *object) lacks(known set) bool {
	for key, value := range rawjson.Members(o.in(o.text)) {
		if o.more(known, key, value) {
			return false
		}
	}
	return true
}

func (o *object) more(known set, key, value []byte) bool {
	m := memberOf(key)
	return !m.noise && !known.has(m.name) && !empty(value)
}

// rest returns o without the given names, noise and empty values: a JSON object, or nil if nothing is left. If that would be long it returns all of
// o, which needs no copy.
func (o *object) rest(known set, envelope bool) (rest json.RawMessage, long bool) {
	for key, value := range rawjson.Members(o.in(o.text)) {
		if !o.more(known, key, value) || envelope && memberOf(key).envelope {
			continue
		}
		if len(rest)+len(key)+len(value) > maxWhole {
			return nil, true
		}
		if rest == nil {
			rest = append(rest, '{')
		} else {
			rest = append(rest, ',')
		}
		rest = append(append(append(append(rest, '"'), key...), `":`...), value...)
	}
	if rest == nil {
		return nil, false
	}
	return append(rest, '}'), false
}

// empty reports whether a value is empty: null, "" and brackets without content.
func empty(v []byte) bool {
	switch rawjson.KindOf(v) {
	case rawjson.Null:
		return true
	case rawjson.String:
		return len(v) == len(`""`)
	case rawjson.Array, rawjson.Object:
		for _, c := range v {
			switch c {
			case '[', ']', '{', '}', ' ', '\t', '\r', '\n':
			default:
				return false
			}
		}
		return true
	}
	return false
}

func validText(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}
