package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/heavy"
	"github.com/playheadhq/playhead/internal/model"
)

// take reads one event up to its commit. The slices of the event lie in raw, as adapters hand them over.
func take(p *Pipeline, name string, raw []byte) {
	at := bytes.Index(raw, []byte(`"properties":`)) + len(`"properties":`)
	d := &model.Delivery{ReceivedMS: received, Events: []model.Incoming{{
		Name: name, DistinctID: "d", OffsetMS: -1, Properties: raw[at : len(raw)-1], Raw: raw,
	}}}
	b := newBuilder(p, d, nil)
	b.event(&d.Events[0])
	b.finish()
}

// Whatever an event holds, taking it is work in proportion to its bytes. What is kept of it is copied once, and what its row
// says of it is short.
func TestEventsAreLinear(t *testing.T) {
	whole, cut := open(t, newMemory(), Limits{}), open(t, newMemory(), Limits{EventBytes: 256 << 10})
	for _, s := range heavy.Shapes {
		input := func(size int) []byte {
			v := s.Value(size / 4)
			return fmt.Appendf(nil, `{"properties":{"$ai_error":%s,"$set":%s,"$ai_usage":%s,"custom":%s}}`, v, v, v, v)
		}
		t.Run(s.Name, func(t *testing.T) {
			heavy.LinearIn(t, 1.1, input, func(raw []byte) { take(whole, "$ai_span", raw) })
		})
		t.Run(s.Name+", cut", func(t *testing.T) {
			heavy.LinearIn(t, 0.6, input, func(raw []byte) { take(cut, "$identify", raw) })
		})
	}
	for name, member := range map[string]string{
		"known names":       `"$ai_model":"m","distinct_id":"d"`,
		"unknown names":     `"":1`,
		"names of persons":  `"$set":{"name":"` + strings.Repeat("n", 150) + `","email":"e"}`,
		"usage":             `"$ai_usage":{"prompt_tokens_details":{"cached_tokens":1},"prompt_tokens_details":{}}`,
		"inputs and states": `"$ai_input":"a","$ai_input_state":"b"`,
	} {
		input := func(size int) []byte {
			return fmt.Appendf(nil, `{"properties":{%s"last":1}}`, bytes.Repeat([]byte(member+","), size/(len(member)+1)))
		}
		t.Run(name, func(t *testing.T) {
			heavy.LinearIn(t, 1.1, input, func(raw []byte) { take(whole, "$identify", raw) })
		})
	}
	for _, property := range []string{"$ai_latency", "$ai_http_status", "$ai_input_tokens", "$ai_trace_id", "$ai_is_error", "$ai_error", "$current_url"} {
		input := func(size int) []byte {
			return fmt.Appendf(nil, `{"properties":{%q:-%s.5e7}}`, property, strings.Repeat("9", size))
		}
		t.Run("a huge number in "+property, func(t *testing.T) {
			heavy.LinearIn(t, 1.1, input, func(raw []byte) { take(whole, "$ai_span", raw) })
		})
	}
}

// The texts of an LLM event are made canonical as they are written. When they are too long nothing of what is cut off is
// written before.
func TestContentIsLinear(t *testing.T) {
	whole, cut := open(t, newMemory(), Limits{}), open(t, newMemory(), Limits{EventBytes: 256 << 10})
	content := func(p *Pipeline) func([]byte) {
		return func(v []byte) {
			in := model.Incoming{Name: "$ai_generation", Properties: v}
			f := readFields(nil, v)
			newBuilder(p, &model.Delivery{Events: []model.Incoming{in}}, nil).content(&model.Event{}, &in, &f, v)
		}
	}
	for _, s := range heavy.Shapes {
		input := func(size int) []byte {
			v := s.Value(size / 3)
			return fmt.Appendf(nil, `{"$ai_input":%s,"$ai_output":%s,"$ai_tools":%s}`, v, v, v)
		}
		t.Run(s.Name, func(t *testing.T) { heavy.LinearIn(t, 1.1, input, content(whole)) })
		t.Run(s.Name+", cut", func(t *testing.T) { heavy.LinearIn(t, 0.6, input, content(cut)) })
	}
}

// An event that is too large costs what is kept of it, and little for each of its strings.
func TestWhatIsCutIsNotCopied(t *testing.T) {
	for _, s := range heavy.Shapes {
		v := s.Value(16 << 20)
		var out []byte
		made := testing.AllocsPerRun(1, func() { out = appendTruncated(nil, make([]byte, 0, 1<<20), v, 1<<20, canonical) })
		if made > 200 || len(out) > 1<<20+4000*2*(maxMark+16) {
			t.Errorf("%s: %v allocations, %d bytes", s.Name, made, len(out))
		}
	}
}

// Ids made of the content are the same whether an event has few members or millions.
func TestIDsAreLinear(t *testing.T) {
	for _, s := range heavy.Shapes {
		t.Run(s.Name, func(t *testing.T) { heavy.LinearIn(t, 0.1, s.Value, func(v []byte) { contentID(nil, v, 1) }) })
	}
	// Never change what an id is made of: a retry across an upgrade would count twice.
	raw := `{"event":"a","":"` + strings.Repeat("x", 5000) + `","uuid":"u","properties":{"b":1}}`
	if id := contentID(nil, []byte(raw), 0); id != uuid.MustParse("365d2b87-44ff-5f51-8010-1e3549d1a224") {
		t.Errorf("the id has become %s", id)
	}
}

// Events that are refused, and those that are as small as can be, cost what eventBytes says.
func TestEventBytes(t *testing.T) {
	p := open(t, newMemory(), Limits{})
	for name, in := range map[string]model.Incoming{
		"refused":     {Properties: []byte(`{}`), Raw: []byte(`{}`), OffsetMS: -1},
		"least":       {Name: "e", DistinctID: "d", Properties: []byte(`{}`), Raw: []byte(`{}`), OffsetMS: -1},
		"an identity": {Name: "$identify", DistinctID: "d", Properties: []byte(`{}`), Raw: []byte(`{}`), OffsetMS: -1},
		"no session":  {Name: snapshotEvent, Properties: []byte(`{}`), Raw: []byte(`{}`), OffsetMS: -1},
		"a recording": {Name: snapshotEvent, SessionID: "s", Properties: []byte(`{"$snapshot_data":{"type":3}}`), Raw: []byte(`{}`), OffsetMS: -1},
	} {
		const n = 2000
		reserved := int64(0)
		d := &model.Delivery{ReceivedMS: received, Reserve: func(n int64) error { reserved += n; return nil }}
		for range n {
			d.Events = append(d.Events, in)
		}
		var b *builder
		held := heldBy(func() any {
			b = newBuilder(p, d, nil)
			outcomes := make([]model.Outcome, n)
			for i := range d.Events {
				if in.Name == snapshotEvent {
					outcomes[i], _ = b.snapshot(&d.Events[i])
				} else {
					outcomes[i] = b.event(&d.Events[i])
				}
			}
			return []any{outcomes, b.finish()}
		})
		if held > n*eventBytes+reserved {
			t.Errorf("%s: %d bytes an event, %d are reserved", name, held/n, eventBytes+reserved/n)
		}
		if kinds := len(b.rows.batch.Refusals); kinds > 1 {
			t.Errorf("%s: %d rows of refusals", name, kinds)
		}
	}
}

// Names that nobody knows do not become rows without end, and each refusal is counted.
func TestRefusalsOfManyKinds(t *testing.T) {
	var r refusals
	for i := range 1000 {
		r.add(model.Refusal{Reason: model.ReasonNoDistinctID, Event: fmt.Sprint(i), Bytes: 2, Count: 1, AtMS: int64(i)})
	}
	var count, bytes int64
	for _, kind := range r.list {
		count, bytes = count+kind.Count, bytes+kind.Bytes
	}
	if len(r.list) != maxRefusalKinds+1 || count != 1000 || bytes != 2000 {
		t.Errorf("%d rows, %d refusals of %d bytes", len(r.list), count, bytes)
	}
}

// A delivery for which there is no memory is sent away whole.
func TestNoRoom(t *testing.T) {
	full := errors.New("full")
	m := newMemory()
	p := open(t, m, Limits{})
	d := delivery(t, ev("$ai_span", `{}`), recording(1))
	for _, room := range []int64{0, 2*eventBytes + 10} {
		left := room
		d.Reserve = func(n int64) error {
			if left -= n; left < 0 {
				return full
			}
			return nil
		}
		if _, err := p.Ingest(t.Context(), d); !errors.Is(err, full) || len(m.events) > 0 {
			t.Errorf("%v, %d events stored", err, len(m.events))
		}
	}
}

// Work stops when the client has left.
func TestIngestEndsWithItsRequest(t *testing.T) {
	m := newMemory()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := open(t, m, Limits{}).Ingest(ctx, delivery(t, recording(1))); !errors.Is(err, model.ErrUnavailable) {
		t.Errorf("%v", err)
	}
}

// heldBy is how many bytes of memory the result of make holds.
func heldBy(make func() any) int64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	result := make()
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(result)
	return int64(after.HeapAlloc) - int64(before.HeapAlloc)
}
