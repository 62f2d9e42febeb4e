package otlp

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"

	commonpb "go.opentelemetry.io/proto/slim/otlp/common/v1"
	resourcepb "go.opentelemetry.io/proto/slim/otlp/resource/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// arrivals are the items of one request. They are decoded one by one.
type arrivals struct {
	of      *signal
	items   []item
	json    bool
	pace    *rawjson.Pace
	reserve func(int64) error
	// recorded reports whether a browser's session is being recorded.
	recorded func(sessionID string) bool
	// reserved is the memory that was reserved for the largest item so far.
	reserved int64
	// read is the item that was read last, and size the length of its content.
	read, size int
	// resource and scope are those of the item before, made from resourceRaw and scopeRaw: most items have the same.
	resource, scope       *surroundings
	resourceRaw, scopeRaw []byte
	spans                 spanDecoder
}

// Len is the number of items.
func (a *arrivals) Len() int { return len(a.items) }

// Size is the length of an item's content. Before the item was read, it is about the length of the item on the wire.
func (a *arrivals) Size(i int) (content int, recording bool) {
	if a.size > 0 && a.read == i {
		return a.size, false
	}
	in := &a.items[i]
	return len(in.raw) + len(in.resource) + len(in.scope) + 256, false
}

// Read converts an item to the model's words. An item that is not valid is refused alone. Errors are those of intake: there is no memory, or the client
// has left.
func (a *arrivals) Read(i int, to *model.Arrival) error {
	in := &a.items[i]
	to.Bytes, to.Event.Name = len(in.raw), a.of.event
	a.read, a.size = i, 1
	holds, decode := a.of.holds, a.of.decode
	if of := in.exemplar; of.measures != mNone {
		holds, to.Event.Name = exemplarHolds, of.metric
		decode = func(a *arrivals, raw []byte, r *record, to *model.Arrival) error {
			return a.measurement(of, raw, r, to)
		}
	}
	weight, ok := weigh(in.raw, a.json, holds)
	if !ok {
		to.Refused, to.Detail = model.ReasonTooDeep, fmt.Sprintf("one of the %s nests deeper than %d levels", a.of.items, maxLevels)
		return nil
	}
	if more := weight + 2*int64(len(in.raw)) - a.reserved; more > light {
		if err := a.reserve(more); err != nil {
			return err
		}
		a.reserved += more
	}
	if !a.pace.Work(2 * len(in.raw)) {
		return a.pace.Err()
	}
	r := &record{}
	var err error
	if r.resource, r.scope, err = a.around(in); err == nil {
		err = decode(a, in.raw, r, to)
	}
	if err != nil {
		*to = model.NewArrival()
		to.Bytes, to.Event.Name = len(in.raw), a.of.event
		to.Refused, to.Detail = model.ReasonNotDecoded, "one of the "+a.of.items+" is not valid: "+rawjson.Clip(err.Error(), 200)
	}
	a.size = len(to.Properties) + len(to.Input) + len(to.Output) + len(to.Tools) + 1
	return a.pace.Err()
}

// unmarshal decodes a message.
func (a *arrivals) unmarshal(raw []byte, to proto.Message) error {
	if a.json {
		return protojson.UnmarshalOptions{DiscardUnknown: true}.Unmarshal(raw, to)
	}
	return proto.Unmarshal(raw, to)
}

// id returns the id of a trace or span. OTLP writes ids in JSON as hexadecimal digits, but the decoder reads them as base64, which is protobuf's form
// of bytes.
func (a *arrivals) id(b []byte) []byte {
	if !a.json || len(b) == 16 || len(b) == 8 {
		return b
	}
	if id, err := hex.DecodeString(base64.StdEncoding.EncodeToString(b)); err == nil {
		return id
	}
	return b
}

// around decodes what surrounds an item, unless it is the same as around the item before.
func (a *arrivals) around(in *item) (resource, scope *surroundings, err error) {
	if a.resource == nil || !same(a.resourceRaw, in.resource) {
		var m resourcepb.Resource
		if len(in.resource) > 0 {
			if err := a.unmarshal(in.resource, &m); err != nil {
				return nil, nil, fmt.Errorf("its resource: %w", err)
			}
		}
		a.resource = &surroundings{attributes: m.GetAttributes(), json: appendObject(nil, m.GetAttributes())}
		a.resourceRaw = in.resource
	}
	if a.scope == nil || !same(a.scopeRaw, in.scope) {
		var m commonpb.InstrumentationScope
		if len(in.scope) > 0 {
			if err := a.unmarshal(in.scope, &m); err != nil {
				return nil, nil, fmt.Errorf("its scope: %w", err)
			}
		}
		s := &surroundings{attributes: m.GetAttributes(), name: rawjson.Clip(m.GetName(), model.MaxName), version: rawjson.Clip(m.GetVersion(), 64)}
		s.json = append(appendQuoted([]byte(`{"name":`), m.GetName()), `,"version":`...)
		s.json = appendQuoted(s.json, m.GetVersion())
		if len(s.attributes) > 0 {
			s.json = appendObject(append(s.json, `,"attributes":`...), s.attributes)
		}
		s.json = append(s.json, '}')
		a.scope, a.scopeRaw = s, in.scope
	}
	return a.resource, a.scope, nil
}

// same reports whether two parts of a body are the same bytes at the same place.
func same(a, b []byte) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}
