package otlp

import (
	"fmt"
	"unsafe"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/playheadhq/playhead/internal/intake"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// signal is a kind of telemetry. The requests of all three have the same shape: groups of a resource, in which there are groups of a scope, in which
// there are items.
type signal struct {
	// groups, scopes and list are the names of the fields in JSON. In protobuf they have the numbers 1, 2 and 2.
	groups, scopes, list string
	// items is the word for the items in a sentence, refused the name of their count in an answer.
	items, refused string
	// service is the name of the gRPC service.
	service string
	// holds says which messages are in an item; see weigh.
	holds *holds
	// event is the name of rows that have no name of their own.
	event string
	// decode makes an arrival of an item. An error means that it is not valid.
	decode func(a *arrivals, raw []byte, r *record, to *model.Arrival) error
}

var (
	traces  = &signal{"resourceSpans", "scopeSpans", "spans", "spans", "rejectedSpans", "TraceService", spanHolds, "span", (*arrivals).span}
	logs    = &signal{"resourceLogs", "scopeLogs", "logRecords", "log records", "rejectedLogRecords", "LogsService", logHolds, "log", (*arrivals).log}
	metrics = &signal{"resourceMetrics", "scopeMetrics", "metrics", "metrics", "rejectedDataPoints", "MetricsService", metricHolds, "metric", (*arrivals).metric}
)

// item is a span, a log record or a metric as it stands in the body, not decoded.
type item struct {
	raw []byte
	// resource and scope are what surrounds it, nil if absent. Many items have the same bytes.
	resource, scope []byte
	// exemplar is set where raw is one of a metric's exemplars, not the metric.
	exemplar exemplar
}

// maxDepth is the deepest nesting of JSON in a body. A value inside of an attribute takes four levels.
const maxDepth = 1024

// split finds the items of a request. Errors: *intake.Failure.
func split(pace *rawjson.Pace, of *signal, data []byte, asJSON bool, most int, reserve func(int64) error) ([]item, error) {
	find := fromProtobuf
	if asJSON {
		find = fromJSON
	}
	if of == metrics {
		plain := find
		find = func(pace *rawjson.Pace, of *signal, data []byte, yield func(item) error) error {
			return plain(pace, of, data, func(i item) error { return withExemplars(pace, i, asJSON, yield) })
		}
	}
	if asJSON {
		if len(rawjson.Trim(data)) == 0 {
			return nil, intake.BadRequest("empty", "the body is empty: send a JSON object with "+of.groups)
		}
		if err := pace.Check(data, maxDepth); err != nil {
			return nil, broken(pace, intake.BadRequest("bad_json", "the body is not valid JSON: "+err.Error()))
		}
	}
	// The items are counted first, so that a body with millions of empty items takes no memory.
	n := 0
	count := func(item) error {
		if n++; n > most {
			return intake.TooLarge(fmt.Sprintf("more than %d %s in one request: send smaller batches", most, of.items))
		}
		return nil
	}
	err := find(pace, of, data, count)
	if err == nil {
		err = reserve(int64(n) * int64(unsafe.Sizeof(item{})))
	}
	if err == nil {
		err = pace.Err()
	}
	if err != nil {
		return nil, err
	}
	items := make([]item, 0, n)
	return items, find(pace, of, data, func(i item) error {
		items = append(items, i)
		return nil
	})
}

// broken returns the error of the pace if the client has left, otherwise the failure of the body.
func broken(pace *rawjson.Pace, f *intake.Failure) error {
	if err := pace.Err(); err != nil {
		return err
	}
	return f
}

// fromProtobuf yields the items of an Export…ServiceRequest.
func fromProtobuf(pace *rawjson.Pace, of *signal, data []byte, yield func(item) error) error {
	return each(pace, data, 1, func(group []byte) error {
		resource, err := field(pace, group, 1)
		if err != nil {
			return err
		}
		return each(pace, group, 2, func(scoped []byte) error {
			scope, err := field(pace, scoped, 1)
			if err != nil {
				return err
			}
			return each(pace, scoped, 2, func(raw []byte) error { return yield(item{raw: raw, resource: resource, scope: scope}) })
		})
	})
}

// each calls do for every field of a message with that number.
func each(pace *rawjson.Pace, message []byte, number protowire.Number, do func(v []byte) error) error {
	for len(message) > 0 {
		got, kind, n := protowire.ConsumeTag(message)
		if n < 0 {
			return badProtobuf(n)
		}
		message = message[n:]
		if kind == protowire.BytesType {
			v, n := protowire.ConsumeBytes(message)
			if n < 0 {
				return badProtobuf(n)
			}
			message = message[n:]
			if !pace.Work(16) {
				return pace.Err()
			}
			if got == number {
				if err := do(v); err != nil {
					return err
				}
			}
			continue
		}
		if n = protowire.ConsumeFieldValue(got, kind, message); n < 0 {
			return badProtobuf(n)
		}
		message = message[n:]
		if got == number {
			return intake.BadRequest("bad_protobuf", fmt.Sprintf("the body is not an OTLP request: field %d is no message", number))
		}
	}
	return nil
}

// field is the last field of a message with that number, nil if there is none.
func field(pace *rawjson.Pace, message []byte, number protowire.Number) (last []byte, err error) {
	err = each(pace, message, number, func(v []byte) error {
		last = v
		return nil
	})
	return last, err
}

func badProtobuf(n int) error {
	return intake.BadRequest("bad_protobuf", "the body is not valid protobuf: "+protowire.ParseError(n).Error())
}

// fromJSON yields the items of a request in JSON, whose syntax was checked.
func fromJSON(pace *rawjson.Pace, of *signal, data []byte, yield func(item) error) error {
	wrong := func(name string) error {
		return broken(pace, intake.BadRequest("bad_json", "the body is not an OTLP request: "+name+" is missing or has another type"))
	}
	data = rawjson.Trim(data)
	if rawjson.KindOf(data) != rawjson.Object {
		return wrong(of.groups)
	}
	// list yields the objects of an array in a member. An absent member, or null, is an empty one.
	list := func(object []byte, name string, do func(v []byte) error) error {
		v := pace.Member(object, name)
		switch rawjson.KindOf(v) {
		case rawjson.Invalid, rawjson.Null:
			return nil
		case rawjson.Array:
		default:
			return wrong(name)
		}
		for item := range pace.Items(v) {
			if rawjson.KindOf(item) != rawjson.Object {
				return wrong("an element of " + name)
			}
			if err := do(item); err != nil {
				return err
			}
		}
		return pace.Err()
	}
	return list(data, of.groups, func(group []byte) error {
		resource := objectOrNil(pace.Member(group, "resource"))
		return list(group, of.scopes, func(scoped []byte) error {
			scope := objectOrNil(pace.Member(scoped, "scope"))
			v := pace.Member(scoped, of.list)
			switch rawjson.KindOf(v) {
			case rawjson.Invalid, rawjson.Null:
				return nil
			case rawjson.Array:
			default:
				return wrong(of.list)
			}
			for raw := range pace.Items(v) { // any JSON value: one that is no object is refused alone
				if err := yield(item{raw: raw, resource: resource, scope: scope}); err != nil {
					return err
				}
			}
			return pace.Err()
		})
	})
}

func objectOrNil(v []byte) []byte {
	if rawjson.KindOf(v) != rawjson.Object {
		return nil
	}
	return v
}
