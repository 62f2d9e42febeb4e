package main

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/playheadhq/playhead/internal/heavy"
)

// attack is something that a stranger can do with the token, which is in every page.
type attack struct {
	name, what string
	// prepare makes the data to send.
	prepare func() attacking
}

// attacking continues until its context ends. It calls begun when all attackers are active.
type attacking func(ctx context.Context, a *attackers, begun func())

// allAttacks are heavy bodies of a given decoded size, and attacks that do not depend on a shape.
func allAttacks(decoded int) []attack {
	var all []attack
	for _, s := range heavy.Shapes {
		all = append(all, heavyAttack(s.Name, s.Name, "$ai_input", decoded))
	}
	all = append(all,
		heavyAttack("thinking_2mb", "repeated_thinking", "$ai_input", 2e6),
		heavyAttack("numbers_30mb", "deep_numbers", "$ai_input", min(30e6, decoded)),
		heavyAttack("choices_10mb", "empty_objects", "$ai_output_choices", min(10e6, decoded)),
		heavyAttack("error_10mb", "deep_numbers", "$ai_error", min(10e6, decoded)),
		bodyAttack("many_events", "50,000 LLM events in one request", func() request {
			return gzipRequest("/batch/", manyEvents(50_000))
		}),
		bodyAttack("bomb", "gzip that decodes to 1 GB, which is refused", func() request {
			return request{path: "/batch/", contentType: "application/json", encoding: "gzip", parts: [][]byte{zipped(slices.Repeat([][]byte{make([]byte, 1e6)}, 1000)...)}}
		}),
		bodyAttack("bomb_in_bomb", "gzip of gzip of spaces", func() request {
			return gzipRequest("/batch/", zipped(bytes.Repeat([]byte(" "), decoded)))
		}),
		bodyAttack("flags", "empty objects to /flags/", func() request {
			return gzipRequest("/flags/", []byte(`{"token":`+strconv.Quote(token)+`,"distinct_id":"a","person_properties":`), heavy.Shapes[0].Value(decoded), []byte(`}`))
		}),
		recordingAttack("recording_events", "a recording of many small rrweb events", func() []byte {
			item := `{"type":3,"timestamp":1795418943000,"data":{}}`
			n := decoded / (len(item) + 1)
			return []byte(`[` + strings.TrimSuffix(strings.Repeat(item+",", n), ",") + `]`)
		}),
		recordingAttack("recording_deep", "a recording with one full snapshot of deep objects", func() []byte {
			return slices.Concat([]byte(`[{"type":2,"timestamp":1795418943000,"data":`), shape("deep_objects").Value(decoded), []byte(`}]`))
		}),
		recordingAttack("recording_bombs", "a recording of compressed snapshots, each of 10 MB of empty objects", func() []byte {
			item := `{"type":2,"timestamp":1795418943000,"cv":"2024-10","data":` + packed(zipped(heavy.Shapes[0].Value(10e6))) + `}`
			n := max(1, min(decoded, 20e6)/len(item))
			return []byte(`[` + strings.TrimSuffix(strings.Repeat(item+",", n), ",") + `]`)
		}),
		slowAttack("announced", "announce 60 MB and send one byte", slow{connections: 1040, head: announcesMuch}),
		slowAttack("chunked", "send a chunked body that never comes", slow{connections: 8400, head: neverComes}),
		slowAttack("trickle", "announce 1 MB and send 16 bytes a second", slow{connections: 1040, head: announcesSome, trickle: 16}),
		slowAttack("half_head", "send half of a request's head", slow{connections: 2000, head: halfAHead}),
	)
	return all
}

// shape is the shape with a name, which must exist.
func shape(name string) heavy.Shape {
	return heavy.Shapes[slices.IndexFunc(heavy.Shapes, func(s heavy.Shape) bool { return s.Name == name })]
}

func heavyAttack(name, of, property string, decoded int) attack {
	return attack{
		name: name, what: fmt.Sprintf("%s of %.0f MB in %s, each time as a new event", of, float64(decoded)/1e6, property),
		prepare: func() attacking {
			b := newHeavyBody(shape(of), property, decoded, true)
			return func(ctx context.Context, a *attackers, begun func()) { a.repeat(ctx, b.request, begun) }
		},
	}
}

// bodyAttack repeats one request as it is.
func bodyAttack(name, what string, makes func() request) attack {
	return attack{name: name, what: what, prepare: func() attacking {
		r := makes()
		return func(ctx context.Context, a *attackers, begun func()) {
			a.repeat(ctx, func(int) request { return r }, begun)
		}
	}}
}

func recordingAttack(name, what string, snapshotData func() []byte) attack {
	return bodyAttack(name, what, func() request {
		return gzipRequest("/s/",
			[]byte(`{"api_key":`+strconv.Quote(token)+`,"batch":[{"event":"$snapshot","distinct_id":"a","properties":{"$session_id":"heavy","$window_id":"w","$snapshot_data":`),
			snapshotData(), []byte(`}}]}`))
	})
}

func slowAttack(name, what string, s slow) attack {
	return attack{
		name: name, what: fmt.Sprintf("%d connections that %s", s.connections, what),
		prepare: func() attacking {
			return func(ctx context.Context, a *attackers, begun func()) { a.hold(ctx, s, begun) }
		},
	}
}

func gzipRequest(path string, parts ...[]byte) request {
	return request{path: path, contentType: "application/json", encoding: "gzip", parts: [][]byte{zipped(parts...)}}
}

// manyEvents is a batch of small LLM events.
func manyEvents(n int) []byte {
	events := make([][]byte, n)
	for i := range events {
		events[i] = heavy.Event(i, "$ai_input", []byte(`"a"`))
	}
	return heavy.Batch(token, events...)
}

// packed are bytes in the form in which posthog-js puts them into a JSON string: each is one character.
func packed(raw []byte) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range raw {
		switch {
		case c < 0x20 || c == '"' || c == '\\':
			fmt.Fprintf(&b, `\u%04x`, c)
		default:
			b.WriteRune(rune(c))
		}
	}
	b.WriteByte('"')
	return b.String()
}
