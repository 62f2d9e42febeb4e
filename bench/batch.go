package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/google/uuid"
)

const (
	batchSize = 100
	eventSize = 2300 // bytes of JSON, about what a short chat turn makes
)

// batch is a request body whose ids, times and texts are replaced in place before each sending, so that the load generator uses as little as possible
// of the machine that it shares with the server.
type batch struct {
	connection, events uint64
	body               []byte
	sentAt             int
	places             []places
	texts              [][]byte // parts of body: textsOf for each event
	random             *rand.Rand
	// phrases are the beginnings of the user's text of some events, by the event's number.
	phrases map[uint64]string
}

// places are the positions in a body at which an event's variable values begin.
type places struct{ uuid, trace, session, time, person, latency, input, output int }

const (
	textsOf    = 3 // of an event: the system's text, the user's text, the answer
	perTrace   = 4
	perSession = 10 // traces
	people     = 5000
)

// newBatch makes a batch of a number of events.
func newBatch(connection uint64, size int) *batch { return makeBatch(connection, size, event) }

// newLightBatch makes a batch of events without text.
func newLightBatch(connection uint64, size int) *batch {
	return makeBatch(connection, size, lightEvent)
}

func makeBatch(connection uint64, size int, event func(random *rand.Rand, id string) []byte) *batch {
	const id = "00000000-0000-0000-0000-000000000000"
	b := &batch{connection: connection, random: rand.New(rand.NewPCG(connection, 99))}
	var out bytes.Buffer
	out.WriteString(`{"api_key":"` + token + `","historical_migration":false,"batch":[`)
	for i := range size {
		if i > 0 {
			out.WriteByte(',')
		}
		base := out.Len()
		raw := event(b.random, id)
		out.Write(raw)
		find := func(key string) int { return base + bytes.Index(raw, []byte(key)) + len(key) }
		b.places = append(b.places, places{
			find(`"uuid":"`), find(`"$ai_trace_id":"`), find(`"$session_id":"`), find(`"timestamp":"`),
			find(`"distinct_id":"`), find(`"$ai_latency":`), find(`"$ai_input_tokens":`), find(`"$ai_output_tokens":`),
		})
	}
	out.WriteString(`],"sent_at":"`)
	b.sentAt = out.Len()
	out.WriteString(stamp(time.Time{}) + `"}`)
	b.body = out.Bytes()
	b.texts = blanks(b.body)
	return b
}

// next returns the next events. The last of them is just before a time.
func (b *batch) next(at time.Time) []byte {
	copy(b.body[b.sentAt:], stamp(time.Now()))
	for _, text := range b.texts {
		fillWithText(b.random, text)
	}
	for i, p := range b.places {
		n := b.events + uint64(i)
		if phrase, ok := b.phrases[n]; ok {
			copy(b.texts[i*textsOf+1], phrase+" ")
		}
		id := uuid.New()
		copy(b.body[p.uuid:], id.String())
		copy(b.body[p.person:], personID(b.random.IntN(people)))
		copy(b.body[p.latency:], latency(0.4+3*b.random.Float64()))
		copy(b.body[p.input:], tokens(b.random.IntN(400)))
		copy(b.body[p.output:], tokens(b.random.IntN(300)))
		copy(b.body[p.trace:], traceID(b.connection, n/perTrace))
		copy(b.body[p.session:], sessionID(b.connection, n/perTrace/perSession))
		copy(b.body[p.time:], stamp(at.Add(time.Duration(i-len(b.places))*time.Millisecond)))
	}
	b.events += uint64(len(b.places))
	return b.body
}

// These ids always have the same length.
func personID(n int) string          { return fmt.Sprintf("user_%04d", n) }
func latency(seconds float64) string { return fmt.Sprintf("%.6f", seconds) }
func tokens(n int) string            { return fmt.Sprint(100 + n) }

func traceID(connection, n uint64) string   { return derived(1, connection, n) }
func sessionID(connection, n uint64) string { return derived(2, connection, n) }

// derived is the id of the nth trace or session of a connection: it looks random, but is always the same.
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

// blank is space for text.
func blank(n int) string { return strings.Repeat("~", n) }

// blanks are the spaces for text in raw.
func blanks(raw []byte) (all [][]byte) {
	for {
		from := bytes.IndexByte(raw, '~')
		if from < 0 {
			return all
		}
		n := len(raw) - from - len(bytes.TrimLeft(raw[from:], "~"))
		all = append(all, raw[from:from+n])
		raw = raw[from+n:]
	}
}

// event is one $ai_generation as the Python wrapper writes it, eventSize bytes long or slightly more, with blanks in place of its texts.
func event(random *rand.Rand, id string) []byte {
	properties := eventProperties(random, id)
	properties["$ai_input"] = []any{map[string]any{"role": "system", "content": blank(400)}, map[string]any{"role": "user", "content": blank(120)}}
	for answer := eventSize - 1500; ; answer += 10 {
		properties["$ai_output_choices"] = []any{map[string]any{"role": "assistant", "content": []any{map[string]any{"type": "text", "text": blank(answer)}}}}
		if raw := renderEvent(id, properties); len(raw) >= eventSize {
			return raw
		}
	}
}

// lightEvent is the same without text, as SDKs send it in privacy mode.
func lightEvent(random *rand.Rand, id string) []byte {
	return renderEvent(id, eventProperties(random, id))
}

func eventProperties(random *rand.Rand, id string) map[string]any {
	models := []string{"gpt-4o-mini", "gpt-4o", "gpt-5", "gpt-5-mini"}
	return map[string]any{
		"$ai_provider": "openai", "$ai_model": models[random.IntN(len(models))], "$ai_latency": json.Number(latency(0)),
		"$ai_model_parameters": map[string]any{"temperature": 0.2, "stream": false}, "$ai_http_status": 200,
		"$ai_input_tokens": json.Number(tokens(0)), "$ai_output_tokens": json.Number(tokens(0)), "$ai_base_url": "https://api.openai.com/v1/",
		"$ai_trace_id": id, "$session_id": id, "$ai_tokens_source": "sdk", "$ai_stop_reason": "stop",
		"$lib": "posthog-python", "$lib_version": "7.42.0", "$geoip_disable": true, "$python_runtime": "CPython", "$python_version": "3.11.7", "$os": "Linux",
	}
}

func renderEvent(id string, properties map[string]any) []byte {
	raw, err := json.Marshal(map[string]any{
		"event": "$ai_generation", "uuid": id, "distinct_id": personID(0), "timestamp": stamp(time.Time{}), "properties": properties,
	})
	if err != nil {
		panic(err) // the map above always marshals
	}
	return raw
}
