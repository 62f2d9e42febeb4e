package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/playheadhq/playhead/internal/heavy"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// take makes the rows of one arrival, without the commit.
func take(p *Pipeline, a model.Arrival) {
	d := delivery(a)
	n := sizesOf(d, p.limits.EventBytes)
	b := newBuilder(p, d, n, nil)
	if _, err := b.take(n.arrivals); err != nil {
		panic(err)
	}
	b.finish()
}

// The work for an event is proportional to its bytes, whatever it contains. What is kept of the event is copied once. The texts of an LLM event are
// converted to the canonical form while they are written; what is cut off of a long text is never written. The two previews may take twice the memory
// of the texts from which they are made (TestLinear of llm): here, these texts are half of the event.
func TestEventsAreLinear(t *testing.T) {
	whole, cut := open(t, newMemory(), Limits{}), open(t, newMemory(), Limits{EventBytes: 256 << 10})
	for _, s := range heavy.Shapes {
		object := func(size int) []byte {
			v := s.Value(size / 4)
			return fmt.Appendf(nil, `{"a":%s,"b":%s,"c":%s,"custom":%s}`, v, v, v, v)
		}
		arrived := func(raw []byte) model.Arrival {
			return arrival(func(a *model.Arrival) {
				a.Properties = raw
				for name, v := range rawjson.Members(raw) {
					switch string(name) {
					case "a":
						a.Input = v
					case "b":
						a.Output = v
					case "c":
						a.Tools = v
					}
				}
			})
		}
		t.Run(s.Name, func(t *testing.T) {
			heavy.LinearIn(t, 2.1, object, func(raw []byte) { take(whole, arrived(raw)) })
		})
		t.Run(s.Name+", cut", func(t *testing.T) {
			heavy.LinearIn(t, 1.1, object, func(raw []byte) { take(cut, arrived(raw)) })
		})
	}
	many := func(size int) []byte {
		return append(append([]byte(`{`), bytes.Repeat([]byte(`"":1,`), size/5)...), `"last":1}`...)
	}
	t.Run("many properties", func(t *testing.T) {
		heavy.LinearIn(t, 1.1, many, func(raw []byte) { take(whole, arrival(func(a *model.Arrival) { a.Properties = raw })) })
	})
}

// An event that is too large needs memory for what is kept of it, and a little for each of its strings.
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

// Refused events and the smallest possible events need no more memory than eventBytes and what is reserved in addition.
func TestEventBytes(t *testing.T) {
	p := open(t, newMemory(), Limits{})
	recorded := recording(1)
	recorded.Recording = []byte(`{"type":3}`)
	who := event(1)
	who.Identities = []model.Identity{{ID: "u"}}
	described := event(2)
	described.Event.Properties = []model.Property{{Name: "tenant", Value: "acme"}, {Name: "tier", Value: "gold"}}
	for name, a := range map[string]model.Arrival{"refused": nameless(), "least": event(1), "an identity": who, "properties": described, "a recording": recorded} {
		const n = 2000
		reserved := int64(0)
		d := delivery(slices.Repeat([]model.Arrival{a}, n)...)
		d.Reserve = func(n int64) error { reserved += n; return nil }
		var b *builder
		held := heldBy(func() any {
			b = newBuilder(p, d, sizesOf(d, p.limits.EventBytes), nil)
			outcomes, err := b.take(n)
			if err != nil {
				t.Fatal(err)
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

// Properties of rows are counted in the reserved memory and in the bytes that wait for a commit.
func TestPropertiesAreCounted(t *testing.T) {
	p := open(t, newMemory(), Limits{})
	a := event(1)
	for i := range model.MaxProperties {
		a.Event.Properties = append(a.Event.Properties, model.Property{Name: fmt.Sprint(i), Value: strings.Repeat("v", 200)})
	}
	reserved := int64(0)
	d := delivery(a)
	d.Reserve = func(n int64) error { reserved += n; return nil }
	b := newBuilder(p, d, sizesOf(d, p.limits.EventBytes), nil)
	if _, err := b.take(1); err != nil {
		t.Fatal(err)
	}
	if waiting := b.finish().bytes; reserved < model.MaxProperties*200 || waiting < model.MaxProperties*200 {
		t.Errorf("%d bytes are reserved, %d wait", reserved, waiting)
	}
}

// Many unknown names do not become an unlimited number of rows, and each refusal is counted.
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

// A delivery for which there is no memory is refused as a whole.
func TestNoRoom(t *testing.T) {
	full := errors.New("full")
	m := newMemory()
	p := open(t, m, Limits{})
	d := delivery(event(2), recording(1))
	for _, room := range []int64{0, 2*eventBytes + 10} {
		left := room
		d.Reserve = func(n int64) error {
			if left -= n; left < 0 {
				return full
			}
			return nil
		}
		if _, err := p.Ingest(t.Context(), d); !errors.Is(err, full) || len(m.Events) > 0 {
			t.Errorf("%v, %d events stored", err, len(m.Events))
		}
	}
}

// Work stops when the client has left.
func TestIngestEndsWithItsRequest(t *testing.T) {
	m := newMemory()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := open(t, m, Limits{}).Ingest(ctx, delivery(recording(1))); !errors.Is(err, model.ErrUnavailable) {
		t.Errorf("%v", err)
	}
}

// heldBy returns how many bytes of memory the result of make holds.
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
