package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
)

const (
	batchSize = 100
	eventSize = 2300 // bytes of JSON, about what a short chat turn makes
)

// measureLLM sends LLM events as fast as the server takes them, then reads from them, then restarts the server.
func measureLLM(ctx context.Context, o options, r *report) error {
	s, dir, err := startEmpty(ctx, o, "llm")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	time.Sleep(2 * time.Second)
	r.add("idle, empty: memory", s.residentMB(), "MB", "150 at most", "no data")

	data := fmt.Sprintf("%d generations of %d B, batches of %d as plain JSON, %d connections", o.events, eventSize, batchSize, o.connections)
	var sent, retries atomic.Int64
	begun, cpu := time.Now(), s.cpuSeconds()
	var wg sync.WaitGroup
	failed := make(chan error, o.connections)
	for c := range o.connections {
		wg.Go(func() {
			b := newBatch(uint64(c))
			for sent.Add(batchSize) <= int64(o.events) {
				n, err := s.post(ctx, "/batch/", "application/json", b.next(time.Now()))
				retries.Add(int64(n))
				if err != nil {
					failed <- err
					return
				}
			}
		})
	}
	wg.Wait()
	took := time.Since(begun)
	select {
	case err := <-failed:
		return err
	default:
	}
	stored := float64(o.events / batchSize * batchSize)
	r.add("LLM events, acknowledged durably", stored/took.Seconds(), "events/s", "15,000 or more", data)
	asked := time.Now()
	t, err := s.totals(ctx)
	if err != nil {
		return err
	}
	if t.Generations != int64(stored) {
		return fmt.Errorf("%d generations acknowledged, %d queryable", int64(stored), t.Generations)
	}
	r.add("all of them queryable after the last acknowledgement", float64(time.Since(asked).Microseconds())/1000, "ms", "", "count over the API equals the count sent")
	r.add("LLM events: server's processor time", (s.cpuSeconds()-cpu)/stored*1e6, "µs/event", "", data)
	r.add("LLM events: answered 503 and sent again", float64(retries.Load()), "requests", "", data)
	r.add("LLM events: peak memory under load", s.peakMB(), "MB", "1,024 at most", data)

	if err := readLLM(ctx, o, r, s); err != nil {
		return err
	}
	time.Sleep(20 * time.Second)
	r.add("idle 20 s after load and reads: memory", s.residentMB(), "MB", "", data)
	begun = time.Now()
	if err := s.stop(); err != nil {
		return fmt.Errorf("stop: %w", err)
	}
	r.add("clean stop after load", time.Since(begun).Seconds(), "s", "", data)

	var starts []time.Duration
	for range 5 {
		if s, err = start(ctx, o, dir); err != nil {
			return err
		}
		starts = append(starts, s.ready)
		time.Sleep(2 * time.Second)
		if len(starts) == 5 {
			r.add("idle after start with the data: memory", s.residentMB(), "MB", "150 at most", data)
			if _, err := s.getJSON(ctx, "/api/traces", nil); err != nil {
				return err
			}
			time.Sleep(10 * time.Second)
			r.add("idle 10 s after one page of traces: memory", s.residentMB(), "MB", "", data)
		}
		if err := s.stop(); err != nil {
			return fmt.Errorf("stop: %w", err)
		}
	}
	r.addLatencies("start to ready with the data", starts, "1,000 at most", data)
	r.add("on disk", float64(size(dir))/stored, "B/event", "", data)
	return nil
}

// readLLM measures the reads a person makes.
func readLLM(ctx context.Context, o options, r *report, s *server) error {
	data := fmt.Sprintf("%d generations, 4 a trace", o.events)
	var page struct {
		Items []struct {
			ID string `json:"id"`
		} `json:"items"`
		Next *string `json:"next"`
	}
	measure := func(name, goal string, n int, path func() string, v any) error {
		var took []time.Duration
		for range n {
			d, err := s.getJSON(ctx, path(), v)
			if err != nil {
				return err
			}
			took = append(took, d)
		}
		r.addLatencies(name, took, goal, data)
		return nil
	}
	fixed := func(p string) func() string { return func() string { return p } }
	if err := measure("first page of traces", "50 at most", o.reads, fixed("/api/traces"), &page); err != nil {
		return err
	}
	if len(page.Items) == 0 {
		return fmt.Errorf("no traces on the first page")
	}
	var ids []string
	path := "/api/traces?limit=500"
	for range 8 {
		if _, err := s.getJSON(ctx, path, &page); err != nil {
			return err
		}
		for _, t := range page.Items {
			ids = append(ids, t.ID)
		}
		if page.Next == nil {
			break
		}
		path = "/api/traces?limit=500&cursor=" + url.QueryEscape(*page.Next)
	}
	// Early traces lie far from the end of the table: ids are derived, so any of them can be asked for.
	random := rand.New(rand.NewPCG(1, 2))
	for range len(ids) {
		ids = append(ids, traceID(uint64(random.IntN(o.connections)), uint64(random.IntN(o.events/o.connections/batchSize))*batchSize/perTrace))
	}
	one := func() string { return "/api/traces/" + url.PathEscape(ids[random.IntN(len(ids))]) }
	if err := measure("one trace with its messages", "20 at most", o.reads, one, nil); err != nil {
		return err
	}
	if err := measure("first page of generations", "", o.reads, fixed("/api/generations"), nil); err != nil {
		return err
	}
	if err := measure("first page of sessions", "", o.reads, fixed("/api/sessions"), nil); err != nil {
		return err
	}
	if err := measure("traces of one session", "", o.reads/3, fixed("/api/traces?session_id="+sessionID(1, 7)), nil); err != nil {
		return err
	}
	if err := measure("first page of traces with a common word", "", o.reads/10, fixed("/api/traces?q=latency"), nil); err != nil {
		return err
	}
	return measure("traces with a word that is nowhere", "", 3, fixed("/api/traces?q=zyzzyva"), nil)
}

// batch is a request body whose ids and times are changed in place from one sending to the next, so that the load
// generator takes as little as possible of the machine it shares with the server.
type batch struct {
	connection, events uint64
	body               []byte
	sentAt             int
	places             []places
}

type places struct{ uuid, trace, session, time int }

const perTrace = 4

func newBatch(connection uint64) *batch {
	const id = "00000000-0000-0000-0000-000000000000"
	random := rand.New(rand.NewPCG(connection, 99))
	b := &batch{connection: connection}
	var out bytes.Buffer
	out.WriteString(`{"api_key":"` + token + `","historical_migration":false,"batch":[`)
	for i := range batchSize {
		if i > 0 {
			out.WriteByte(',')
		}
		base := out.Len()
		raw := event(random, id)
		out.Write(raw)
		find := func(key string) int { return base + bytes.Index(raw, []byte(key)) + len(key) }
		b.places = append(b.places, places{find(`"uuid":"`), find(`"$ai_trace_id":"`), find(`"$session_id":"`), find(`"timestamp":"`)})
	}
	out.WriteString(`],"sent_at":"`)
	b.sentAt = out.Len()
	out.WriteString(stamp(time.Time{}) + `"}`)
	b.body = out.Bytes()
	return b
}

func (b *batch) next(now time.Time) []byte {
	copy(b.body[b.sentAt:], stamp(now))
	for i, p := range b.places {
		n := b.events + uint64(i)
		id := uuid.New()
		copy(b.body[p.uuid:], id.String())
		copy(b.body[p.trace:], traceID(b.connection, n/perTrace))
		copy(b.body[p.session:], sessionID(b.connection, n/perTrace/10))
		copy(b.body[p.time:], stamp(now.Add(time.Duration(i-batchSize)*time.Millisecond)))
	}
	b.events += batchSize
	return b.body
}

func traceID(connection, n uint64) string   { return derived(1, connection, n) }
func sessionID(connection, n uint64) string { return derived(2, connection, n) }

// derived is the id of the nth trace or session of a connection: random to look at, the same each time.
func derived(kind, connection, n uint64) string {
	var id uuid.UUID
	random := rand.NewPCG(kind<<32|connection, n)
	for i := 0; i < len(id); i += 8 {
		for j, v := 0, random.Uint64(); j < 8; j, v = j+1, v>>8 {
			id[i+j] = byte(v)
		}
	}
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return id.String()
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

var words = strings.Fields(`the a of to and in that is for it with as on be this by are from or an at which can has more model answer
question latency token customer order refund policy invoice account shipment delivery please thanks sorry summary error
search result document source context price plan upgrade cancel export import schedule meeting report chart table query`)

func prose(random *rand.Rand, n int) string {
	var b strings.Builder
	for b.Len() < n {
		b.WriteString(words[random.IntN(len(words))])
		b.WriteByte(' ')
	}
	return b.String()[:n]
}

// event is one $ai_generation as the Python wrapper writes it, eventSize bytes long.
func event(random *rand.Rand, id string) []byte {
	models := []string{"gpt-4o-mini", "gpt-4o", "gpt-5", "gpt-5-mini"}
	render := func(answer int) []byte {
		raw, err := json.Marshal(map[string]any{
			"event": "$ai_generation", "uuid": id, "distinct_id": fmt.Sprintf("user_%d", random.IntN(5000)),
			"timestamp": stamp(time.Time{}),
			"properties": map[string]any{
				"$ai_provider": "openai", "$ai_model": models[random.IntN(len(models))], "$ai_latency": 0.4 + 3*random.Float64(),
				"$ai_model_parameters": map[string]any{"temperature": 0.2, "stream": false}, "$ai_http_status": 200,
				"$ai_input":          []any{map[string]any{"role": "system", "content": prose(random, 400)}, map[string]any{"role": "user", "content": prose(random, 120)}},
				"$ai_output_choices": []any{map[string]any{"role": "assistant", "content": []any{map[string]any{"type": "text", "text": prose(random, answer)}}}},
				"$ai_input_tokens":   120 + random.IntN(400), "$ai_output_tokens": 20 + random.IntN(300), "$ai_base_url": "https://api.openai.com/v1/",
				"$ai_trace_id": id, "$session_id": id, "$ai_tokens_source": "sdk", "$ai_stop_reason": "stop",
				"$lib": "posthog-python", "$lib_version": "7.42.0", "$geoip_disable": true, "$python_runtime": "CPython", "$python_version": "3.11.7", "$os": "Linux",
			},
		})
		if err != nil {
			panic(err) // the map above always marshals
		}
		return raw
	}
	for answer := eventSize - 1400; ; answer += 10 {
		if raw := render(answer); len(raw) >= eventSize {
			return raw
		}
	}
}
