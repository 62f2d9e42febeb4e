package otlp

import (
	"bytes"
	"encoding/binary"

	metricspb "go.opentelemetry.io/proto/slim/otlp/metrics/v1"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// A metric summarizes many calls. Only its exemplars say something about one call: they are single measurements, with the trace and the span in which
// they were made. Each exemplar that measures what a span may lack is a row of its own, with the span as its parent. It completes the call when the
// call is read (package query).

// exemplar is what an exemplar measures, and the name of its metric.
type exemplar struct {
	metric   string
	measures meaning
}

// measured are the metrics whose exemplars are kept. Usage metrics before 0.1.0 say in an attribute what they count.
var measured = map[string]meaning{
	"gen_ai.client.operation.time_to_first_chunk": mFirstTokenS, "gen_ai.client.inference.time_to_first_chunk": mFirstTokenS, "gen_ai.server.time_to_first_token": mFirstTokenS,
	tokenUsage: mUsage, "gen_ai.client.inference.usage.input_tokens": mInputTokens, "gen_ai.client.inference.usage.output_tokens": mOutputTokens,
	"gen_ai.client.inference.usage.cache_read.input_tokens": mCacheRead, "gen_ai.client.inference.usage.cache_write.input_tokens": mCacheWrite,
	"gen_ai.client.inference.usage.reasoning.output_tokens": mReasoning,
}

const (
	tokenUsage = "gen_ai.client.token.usage"
	tokenType  = "gen_ai.token.type"
)

// counted is what a point of tokenUsage counts.
func counted(attribute string) meaning {
	switch attribute {
	case "input":
		return mInputTokens
	case "output", "completion":
		return mOutputTokens
	}
	return mNone
}

// pointFields are the numbers of the fields of a metric that hold points, each with the numbers of attributes and exemplars in a point. Summaries have
// no exemplars.
var pointFields = map[protowire.Number]struct{ attributes, exemplars protowire.Number }{5: {7, 5}, 7: {7, 5}, 9: {9, 8}, 10: {1, 11}}

// withExemplars yields a metric, and then its exemplars, as items. A metric that is not valid has no exemplars here: it is refused alone when it is
// decoded.
func withExemplars(pace *rawjson.Pace, metric item, asJSON bool, yield func(item) error) error {
	if err := yield(metric); err != nil {
		return err
	}
	var failed error
	found := func(name string, of meaning, raw []byte) error {
		one := metric
		one.raw, one.exemplar = raw, exemplar{name, of}
		failed = yield(one)
		return failed
	}
	if asJSON {
		exemplarsOfJSON(pace, metric.raw, found)
	} else {
		_ = exemplarsOfProtobuf(pace, metric.raw, found) // the decoder reports a metric that cannot be read
	}
	if failed != nil {
		return failed
	}
	return pace.Err()
}

func exemplarsOfProtobuf(pace *rawjson.Pace, metric []byte, found func(string, meaning, []byte) error) error {
	name, err := field(pace, metric, 1)
	if err != nil {
		return err
	}
	of, ok := measured[string(name)]
	if !ok {
		return nil
	}
	unit, err := field(pace, metric, 3)
	if err != nil {
		return err
	}
	for number, fields := range pointFields {
		err := each(pace, metric, number, func(data []byte) error {
			return each(pace, data, 1, func(point []byte) error {
				of := of
				if of == mUsage {
					of = mNone
					err := each(pace, point, fields.attributes, func(kv []byte) error {
						key, err := field(pace, kv, 1)
						if err != nil || string(key) != tokenType {
							return err
						}
						value, err := field(pace, kv, 2)
						if err != nil {
							return err
						}
						text, err := field(pace, value, 1)
						of = counted(string(text))
						return err
					})
					if err != nil || of == mNone {
						return err
					}
				}
				return each(pace, point, fields.exemplars, func(raw []byte) error {
					span, err := field(pace, raw, 4)
					if err != nil || len(span) == 0 {
						return err
					}
					return found(string(name), inUnit(of, unit), raw)
				})
			})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func exemplarsOfJSON(pace *rawjson.Pace, metric []byte, found func(string, meaning, []byte) error) {
	name := rawjson.Scalar(pace.Member(metric, "name"), model.MaxName)
	of, ok := measured[name]
	if !ok {
		return
	}
	unit := rawjson.Scalar(pace.Member(metric, "unit"), 16)
	for _, kind := range []string{"gauge", "sum", "histogram", "exponentialHistogram"} {
		for point := range pace.Items(pace.Member(pace.Member(metric, kind), "dataPoints")) {
			of := of
			if of == mUsage {
				of = mNone
				for kv := range pace.Items(pace.Member(point, "attributes")) {
					if rawjson.Scalar(pace.Member(kv, "key"), model.MaxName) == tokenType {
						of = counted(rawjson.Scalar(pace.Member(pace.Member(kv, "value"), "stringValue"), model.MaxName))
					}
				}
				if of == mNone {
					continue
				}
			}
			for raw := range pace.Items(pace.Member(point, "exemplars")) {
				if rawjson.Scalar(pace.Member(raw, "spanId"), model.MaxID) == "" {
					continue
				}
				if found(name, inUnit(of, []byte(unit)), raw) != nil {
					return
				}
			}
		}
	}
}

// inUnit returns the meaning of a measurement in the unit of its metric. Durations are in seconds by the convention.
func inUnit(of meaning, unit []byte) meaning {
	if of == mFirstTokenS && bytes.Equal(unit, []byte("ms")) {
		return mFirstTokenMS
	}
	return of
}

// measurement reads an exemplar.
func (a *arrivals) measurement(of exemplar, raw []byte, r *record, to *model.Arrival) error {
	var x metricspb.Exemplar
	if err := a.unmarshal(raw, &x); err != nil {
		return err
	}
	traceID, spanID := a.id(x.GetTraceId()), a.id(x.GetSpanId())
	r.attributes = x.GetFilteredAttributes()
	r.learn()
	e := &to.Event
	r.describe(e, plain)
	e.Name, e.TraceID, e.ParentID, e.TimeMS = of.metric, hexID(traceID), hexID(spanID), millis(x.GetTimeUnixNano())
	e.UUID = idOf("exemplar", traceID, spanID, []byte(of.metric), []byte{byte(of.measures)}, binary.BigEndian.AppendUint64(nil, x.GetTimeUnixNano()))
	value := x.GetAsDouble()
	if _, whole := x.GetValue().(*metricspb.Exemplar_AsInt); whole {
		value = float64(x.GetAsInt())
	}
	e.FirstTokenMS, e.Tokens = -1, model.UnknownTokens()
	switch of.measures {
	case mFirstTokenS:
		e.FirstTokenMS = durationOf(1000 * value)
	case mFirstTokenMS:
		e.FirstTokenMS = durationOf(value)
	default:
		counts := map[meaning]*int64{
			mInputTokens: &e.Tokens.Input, mOutputTokens: &e.Tokens.Output, mCacheRead: &e.Tokens.CacheRead, mCacheWrite: &e.Tokens.CacheWrite, mReasoning: &e.Tokens.Reasoning,
		}
		*counts[of.measures] = countOf(value, true)
	}
	r.more = append(r.more, model.Member{Name: "value", Value: number(value)})
	to.Properties = r.properties()
	return nil
}

// durationOf is a duration in milliseconds, -1 if it is not plausible.
func durationOf(ms float64) float64 {
	if ms >= 0 && ms <= maxLatencyMS {
		return ms
	}
	return -1
}
