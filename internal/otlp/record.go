package otlp

import (
	"encoding/hex"
	"strings"

	commonpb "go.opentelemetry.io/proto/slim/otlp/common/v1"

	"github.com/playheadhq/playhead/internal/model"
)

// record is what a span, log record or metric says, while it is made into an arrival.
type record struct {
	// attributes are its own.
	attributes []*commonpb.KeyValue
	resource   *surroundings
	scope      *surroundings
	// found are the values by meaning, each with the rank of its name.
	found [meanings]struct {
		v    *commonpb.AnyValue
		rank uint8
		// group is the index in numbered of attributes that belong together, plus one; 0 for a single one.
		group uint8
	}
	// groups are the numbered attributes, by the index of their prefix.
	groups map[int]*tree
	// more are members of the stored properties that are no attributes.
	more []model.Member
	// used are the indexes of attributes whose value is in the input, output or tools, and is not stored twice.
	used map[int]bool
	// unknown are the indexes of attributes without a meaning.
	unknown []int
}

// surroundings are a resource or a scope, which many items share.
type surroundings struct {
	attributes    []*commonpb.KeyValue
	name, version string
	json          []byte
}

// learn finds what the attributes of a record say. Its own attributes come before those of its resource.
func (r *record) learn() {
	for i := range r.found {
		r.found[i].rank = unsaid
	}
	for i, kv := range r.attributes {
		s, group, rest := lookUp(kv.GetKey())
		if s.of == mNone {
			r.unknown = append(r.unknown, i)
			continue
		}
		if group >= 0 {
			if r.groups == nil {
				r.groups = map[int]*tree{}
			}
			t := r.groups[group]
			if t == nil {
				t = new(tree)
				r.groups[group] = t
			}
			t.add(i, rest, kv.GetValue())
		}
		r.note(s, kv.GetValue(), group)
	}
	for _, kv := range r.resource.attributes {
		// Of a resource, only those meanings are used that must hold for everything in it.
		if s, group, _ := lookUp(kv.GetKey()); group < 0 && (s.of == mEnv || s.of == mRelease || s.of >= mSession && s.of <= mFullName) {
			s.rank = max(s.rank, carriedRank) + 1
			r.note(s, kv.GetValue(), -1)
		}
	}
}

func (r *record) note(s said, v *commonpb.AnyValue, group int) {
	f := &r.found[s.of]
	if s.rank >= f.rank || v.GetValue() == nil {
		return
	}
	if text, is := v.GetValue().(*commonpb.AnyValue_StringValue); is && text.StringValue == "" {
		return
	}
	f.v, f.rank, f.group = v, s.rank, uint8(group+1)
}

func (r *record) has(m meaning) bool { return r.found[m].rank != unsaid }

func (r *record) text(m meaning, most int) string { return textOf(r.found[m].v, most) }

// name is the text of a meaning that is a name. MLflow sends each value as JSON, so its names have quotes.
func (r *record) name(m meaning) string {
	name := r.text(m, model.MaxName)
	if len(name) > 1 && name[0] == '"' && name[len(name)-1] == '"' {
		return name[1 : len(name)-1]
	}
	return name
}

// id is the text of a meaning that is an id. Langfuse and MLflow send some ids as JSON, and Logfire sends lists of ids.
func (r *record) id(m meaning) string {
	id := r.text(m, model.MaxID)
	if strings.HasPrefix(id, `["`) && strings.HasSuffix(id, `"]`) {
		id = id[1 : len(id)-1]
	}
	id = strings.Trim(id, `"`)
	if strings.HasPrefix(id, "[Scrubbed due to ") { // Logfire's replacement for values whose names contain "session"
		return ""
	}
	return id
}

func (r *record) number(m meaning) (float64, bool) { return numberOf(r.found[m].v) }

func (r *record) count(m meaning) int64 { return countOf(r.number(m)) }

// library is the instrumentation that made the record: "opentelemetry.instrumentation.openai_v2/2.2b0".
func (r *record) library() string {
	name, version := r.scope.name, r.scope.version
	if name == "" {
		for _, kv := range r.resource.attributes {
			switch kv.GetKey() {
			case "telemetry.sdk.name":
				name = textOf(kv.GetValue(), model.MaxName)
			case "telemetry.sdk.version":
				version = textOf(kv.GetValue(), 64)
			}
		}
	}
	if name == "" {
		return "otlp"
	}
	if version == "" {
		return name
	}
	return name + "/" + version
}

// hexID is an id of a trace or span in its usual form, "" for none or one of zeros.
func hexID(id []byte) string {
	if len(id) == 0 || len(id) > 64 || strings.Trim(string(id), "\x00") == "" {
		return ""
	}
	return hex.EncodeToString(id)
}
