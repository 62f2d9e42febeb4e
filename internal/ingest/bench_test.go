package ingest

import (
	"context"
	"fmt"
	"testing"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// nowhere takes everything and keeps nothing.
type nowhere struct{}

func (nowhere) Commit(context.Context, *store.Batch) (store.Committed, error) {
	return store.Committed{}, nil
}

func (nowhere) Write(_ context.Context, _ string, bodies [][]byte) ([]model.Place, error) {
	return make([]model.Place, len(bodies)), nil
}

// BenchmarkEvents takes batches of 100 generations of about 2.3 kB each.
func BenchmarkEvents(b *testing.B) {
	raw := string(recorded(b, "node_batch_ai_generation_x5_gzip.req").Events[0].Raw)
	text := `"content":"`
	for len(raw)+len(text) < 2300 {
		text += `What does \"caf\u00e9\" cost, and why? `
	}
	at := len(`{"event":"$ai_generation","properties":{`)
	raw = raw[:at] + `"note":{` + text + `"},` + raw[at:]
	d := &model.Delivery{ReceivedMS: received}
	size := 0
	for i := range 100 {
		in := incoming(b, raw)
		in.ID = fmt.Sprintf("01a20750-2089-7518-8311-%012d", i)
		d.Events = append(d.Events, in)
		size += len(in.Raw)
	}
	run(b, d, size)
}

// BenchmarkRecording takes the rich page's first flush; its bytes are the decoded body's.
func BenchmarkRecording(b *testing.B) {
	d := recorded(b, "web_s_rich_full_snapshot_network_console_gzip.req")
	run(b, d, len(d.Events[0].Raw)+len(d.Events[1].Raw))
}

func run(b *testing.B, d *model.Delivery, size int) {
	p := New(Options{Store: nowhere{}, Blocks: nowhere{}})
	defer p.Close(context.Background())
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Ingest(context.Background(), d); err != nil {
			b.Fatal(err)
		}
	}
}
