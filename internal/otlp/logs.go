package otlp

import (
	"encoding/binary"
	"strings"

	logspb "go.opentelemetry.io/proto/slim/otlp/logs/v1"
	metricspb "go.opentelemetry.io/proto/slim/otlp/metrics/v1"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// evaluationEvent is the result of an evaluation.
const evaluationEvent = "gen_ai.evaluation.result"

// log reads a log record. If it carries messages of a call, they are its input or output, and the call's span is its parent.
func (a *arrivals) log(raw []byte, r *record, to *model.Arrival) error {
	var l logspb.LogRecord
	if err := a.unmarshal(raw, &l); err != nil {
		return err
	}
	e := &to.Event
	traceID, spanID := a.id(l.GetTraceId()), a.id(l.GetSpanId())
	e.TraceID, e.ParentID = hexID(traceID), hexID(spanID)
	nanos := l.GetTimeUnixNano()
	if nanos == 0 {
		nanos = l.GetObservedTimeUnixNano()
	}
	e.TimeMS = millis(nanos)
	r.attributes = l.GetAttributes()
	r.learn()
	name := l.GetEventName()
	for _, kv := range r.attributes {
		if kv.GetKey() == "event.name" && name == "" { // of senders from before names had a field
			name = textOf(kv.GetValue(), model.MaxName)
		}
	}
	if name = rawjson.Clip(name, model.MaxName); name != "" {
		e.Name = name
	}
	e.UUID = idOf("log", traceID, spanID, binary.BigEndian.AppendUint64(nil, nanos), []byte(name), raw)
	r.describe(e, plain)
	a.settle(r, e)
	var said conversation
	carries := false
	if name == evaluationEvent {
		r.evaluation(to)
	} else {
		carries = said.event(a.pace, name, r.attributes, l.GetBody())
	}
	if carries {
		if list := listOf(said.input); list != nil {
			to.Input = list
		}
		to.Output = listOf(said.output)
		for i, kv := range r.attributes {
			if s := meaningOf[kv.GetKey()].of; s == mInput || s == mOutput || s == mSystem {
				r.use(i)
			}
		}
	} else if body := l.GetBody(); body.GetValue() != nil {
		r.more = append(r.more, model.Member{Name: "body", Value: appendJSON(nil, body)})
	}
	if severity := l.GetSeverityText(); severity != "" {
		r.more = append(r.more, model.Member{Name: "severity", Value: appendQuoted(nil, severity)})
	}
	if l.GetSeverityNumber() >= logspb.SeverityNumber_SEVERITY_NUMBER_ERROR {
		e.IsError = true
		if e.Error = r.text(mErrorText, model.MaxError); e.Error == "" {
			e.Error = textOf(l.GetBody(), model.MaxError)
		}
	}
	to.Properties = r.properties()
	return nil
}

// evaluation reads the result of an evaluation of a call. The output of an evaluation is its explanation.
func (r *record) evaluation(to *model.Arrival) {
	e := &to.Event
	e.Kind = model.KindEvaluation
	for i, kv := range r.attributes {
		switch kv.GetKey() {
		case "gen_ai.evaluation.name":
			e.MetricName = textOf(kv.GetValue(), model.MaxName)
		case "gen_ai.evaluation.score.value":
			if score, ok := numberOf(kv.GetValue()); ok && score >= -model.MaxScore && score <= model.MaxScore {
				e.Score, e.Scored = score, true
			}
			if e.MetricValue == "" {
				e.MetricValue = textOf(kv.GetValue(), model.MaxValue)
			}
		case "gen_ai.evaluation.score.label":
			e.MetricValue = textOf(kv.GetValue(), model.MaxValue)
		case "gen_ai.evaluation.explanation":
			to.Output = appendJSON(nil, kv.GetValue())
			r.use(i)
		}
	}
}

// metric reads a metric of the GenAI conventions: a row for each metric of a request, with all of its points. Other metrics are not kept, because
// nothing here shows them.
func (a *arrivals) metric(raw []byte, r *record, to *model.Arrival) error {
	var m metricspb.Metric
	if err := a.unmarshal(raw, &m); err != nil {
		return err
	}
	e := &to.Event
	name := rawjson.Clip(m.GetName(), model.MaxName)
	if !strings.HasPrefix(name, "gen_ai.") && !strings.HasPrefix(name, "llm.") && !strings.HasPrefix(name, "ai.") {
		to.Refused, to.Detail = model.ReasonNotKept, "metrics are kept only if their names begin with gen_ai., llm. or ai.: send the others to a store of metrics"
		return nil
	}
	e.Name = name
	r.learn()
	r.describe(e, plain)
	points, last := pointsOf(&m)
	e.TimeMS = millis(last)
	e.UUID = idOf("metric", r.resource.json, r.scope.json, raw)
	r.more = append(r.more, model.Member{Name: "unit", Value: appendQuoted(nil, m.GetUnit())}, model.Member{Name: "points", Value: points})
	to.Properties = r.properties()
	return nil
}

// pointsOf are the points of a metric, and the time of the latest one.
func pointsOf(m *metricspb.Metric) (list []byte, last uint64) {
	list = []byte{'['}
	add := func(at uint64, attributes []byte, rest ...[]byte) {
		last = max(last, at)
		if len(list) > 1 {
			list = append(list, ',')
		}
		list = append(append(list, `{"attributes":`...), attributes...)
		for i := 0; i+1 < len(rest); i += 2 {
			list = append(append(append(append(list, ',', '"'), rest[i]...), '"', ':'), rest[i+1]...)
		}
		list = append(list, '}')
	}
	numbers := func(points []*metricspb.NumberDataPoint) {
		for _, p := range points {
			v := number(p.GetAsDouble())
			if _, whole := p.GetValue().(*metricspb.NumberDataPoint_AsInt); whole {
				v = number(float64(p.GetAsInt()))
			}
			add(p.GetTimeUnixNano(), appendObject(nil, p.GetAttributes()), []byte("value"), v)
		}
	}
	numbers(m.GetGauge().GetDataPoints())
	numbers(m.GetSum().GetDataPoints())
	for _, p := range m.GetHistogram().GetDataPoints() {
		add(p.GetTimeUnixNano(), appendObject(nil, p.GetAttributes()), []byte("count"), number(float64(p.GetCount())), []byte("sum"), number(p.GetSum()))
	}
	for _, p := range m.GetExponentialHistogram().GetDataPoints() {
		add(p.GetTimeUnixNano(), appendObject(nil, p.GetAttributes()), []byte("count"), number(float64(p.GetCount())), []byte("sum"), number(p.GetSum()))
	}
	for _, p := range m.GetSummary().GetDataPoints() {
		add(p.GetTimeUnixNano(), appendObject(nil, p.GetAttributes()), []byte("count"), number(float64(p.GetCount())), []byte("sum"), number(p.GetSum()))
	}
	return append(list, ']'), last
}
