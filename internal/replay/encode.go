package replay

import (
	"bytes"
	"encoding/base64"
	"errors"
	"slices"
	"strconv"
	"sync"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// ErrNotEvents: the data of a $snapshot is none of the forms in which clients send rrweb events.
var ErrNotEvents = errors.New("$snapshot_data holds no rrweb events: want an array of them, or one")

// Encoded is what was made of one $snapshot.
type Encoded struct {
	// Body is the block, nil when there was no usable event.
	Body []byte
	// Block has everything that follows from the events themselves; its ids, ReceivedMS and Place are the caller's.
	Block model.Block
	// Failed counts events whose compressed fields could not be inflated. They are in the block as they came.
	Failed int
	// Dropped counts items that are no rrweb events (not an object, or without a type).
	Dropped int
}

// event is one rrweb event of the $snapshot being encoded.
type event struct {
	raw        []byte
	data       []byte
	dataAt     int   // where data begins in raw
	ms         int64 // its own time, or its neighbour's when it has none
	kind       int64 // rrweb's type
	compressed bool
	opaque     bool // kept as it came although compressed
}

// scratch is what Encode needs and forgets.
type scratch struct {
	events []event
	lines  []byte
	table  []byte
}

// keepScratch is the most a pooled buffer may hold on to: four times what one flush of a browser inflates to.
const keepScratch = 16 << 20

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// Encode makes a block of the value of $snapshot_data, which must be valid JSON: an array of rrweb events, one event, a
// JSON string of either, or the chunk form {"compression":"gzip-base64","data":…} of older clients. An event that cannot be
// inflated is kept as it came and counted. The error is ErrNotEvents.
func Encode(data []byte) (Encoded, error) {
	s := scratches.Get().(*scratch)
	defer func() {
		if cap(s.lines) <= keepScratch {
			clear(s.events)
			scratches.Put(s)
		}
	}()
	var e Encoded
	s.events = s.events[:0]
	if err := s.collect(data, &e, true); err != nil {
		return e, err
	}
	if len(s.events) == 0 {
		return e, nil
	}
	s.settleTimes()
	if !slices.IsSortedFunc(s.events, byTime) {
		slices.SortStableFunc(s.events, byTime)
	}
	s.emit(&e)
	e.Block.RawBytes = int64(len(s.lines))
	e.Body = appendBlock(nil, s.table, s.lines)
	return e, nil
}

// Inflation of the legacy forms is bounded like that of fields.
func (s *scratch) collect(data []byte, e *Encoded, unwrap bool) error {
	data = rawjson.Trim(data)
	switch rawjson.KindOf(data) {
	case rawjson.Array:
		for item := range rawjson.Items(data) {
			s.add(item, e)
		}
		return nil
	case rawjson.Object:
		if unwrap && rawjson.KindOf(rawjson.Member(data, "compression")) == rawjson.String {
			return s.collectChunk(data, e)
		}
		s.add(data, e)
		return nil
	case rawjson.String:
		inner := []byte(rawjson.Text(data))
		if !unwrap || rawjson.Check(inner, maxDepth) != nil {
			return ErrNotEvents
		}
		return s.collect(inner, e, false)
	}
	return ErrNotEvents
}

// collectChunk reads a whole $snapshot in one chunk, as old clients and proxies send it.
func (s *scratch) collectChunk(chunk []byte, e *Encoded) error {
	packed, err := base64.StdEncoding.DecodeString(rawjson.Text(rawjson.Member(chunk, "data")))
	if err != nil || rawjson.Text(rawjson.Member(chunk, "compression")) != "gzip-base64" {
		return ErrNotEvents
	}
	f := takeInflater()
	defer inflaters.Put(f)
	inner, err := f.gunzip(nil, packed)
	if err != nil {
		return ErrNotEvents
	}
	return s.collect(inner, e, false)
}

func (s *scratch) add(raw []byte, e *Encoded) {
	ev := readEvent(raw)
	if ev.kind < 0 {
		e.Dropped++
		return
	}
	s.events = append(s.events, ev)
}

// readEvent finds what Encode asks of an event; its kind is negative when it is none.
func readEvent(raw []byte) event {
	ev := event{raw: raw, kind: -1}
	for key, v := range rawjson.Members(raw) {
		switch string(key) {
		case "type":
			if f, ok := rawjson.Float(v); ok {
				ev.kind = int64(f)
			}
		case "data":
			ev.data, ev.dataAt = v, cap(raw)-cap(v) // v is a part of raw, and both end where their array does
		case "timestamp":
			ev.ms = eventTime(v)
		case "cv":
			ev.compressed = string(v) == `"2024-10"`
		}
	}
	return ev
}

// Times outside of these are a client's mistake and are read as missing.
const (
	earliestMS = 946_684_800_000   // 2000-01-01
	latestMS   = 4_102_444_800_000 // 2100-01-01
)

// eventTime reads an event's time, 0 when there is none or it cannot be one.
func eventTime(v []byte) int64 {
	f, ok := rawjson.Float(v)
	if !ok || f < earliestMS || f > latestMS {
		return 0
	}
	return int64(f)
}

// settleTimes gives events without a time that of the event before them, or of the first that has one.
func (s *scratch) settleTimes() {
	last := int64(0)
	for i := range s.events {
		if s.events[i].ms != 0 {
			last = s.events[i].ms
			break
		}
	}
	for i := range s.events {
		if s.events[i].ms == 0 {
			s.events[i].ms = last
		}
		last = s.events[i].ms
	}
}

func byTime(a, b event) int {
	switch {
	case a.ms < b.ms:
		return -1
	case a.ms > b.ms:
		return 1
	}
	return 0
}

// emit writes the lines and their table, and fills in the block.
func (s *scratch) emit(e *Encoded) {
	f := takeInflater()
	defer inflaters.Put(f)
	s.lines, s.table = s.lines[:0], s.table[:0]
	b := &e.Block
	meta := int32(-1)
	for i := range s.events {
		ev := &s.events[i]
		start := len(s.lines)
		if ev.compressed {
			var err error
			if s.lines, err = f.appendEvent(s.lines, ev); err != nil {
				ev.opaque = true
				e.Failed++
			}
		}
		if len(s.lines) == start {
			s.lines = appendLine(s.lines, ev.raw)
		}
		s.table = appendRow(s.table, i, s.events, len(s.lines)-start)
		s.lines = append(s.lines, '\n')
		meta = describe(b, ev, int32(i), meta)
	}
	b.Events = int32(len(s.events))
	b.FirstMS, b.LastMS = s.events[0].ms, s.events[len(s.events)-1].ms
}

// appendLine appends an event as it came. Line breaks can only stand between tokens.
func appendLine(dst, raw []byte) []byte {
	if hasLineBreak(raw) {
		return rawjson.AppendCompact(dst, raw)
	}
	return append(dst, raw...)
}

// appendEvent appends an event with its compressed fields inflated and without "cv". On an error dst comes back as
// it was.
func (f *inflater) appendEvent(dst []byte, ev *event) ([]byte, error) {
	start := len(dst)
	var err error
	// The recorder writes "cv" right after the data. Then the event need not be walked again, past data that is most of it.
	head, tail := ev.raw[:ev.dataAt], ev.raw[ev.dataAt+len(ev.data):]
	if tail, ok := bytes.CutPrefix(tail, cvMember); ok && !hasLineBreak(head) && !hasLineBreak(tail) {
		if dst, err = f.appendData(append(dst, head...), ev.data); err != nil {
			return dst[:start], err
		}
		return append(dst, tail...), nil
	}
	dst = append(dst, '{')
	for key, v := range rawjson.Members(ev.raw) {
		if string(key) == "cv" {
			continue
		}
		dst = appendName(dst, start, key)
		if string(key) != "data" {
			dst = appendLine(dst, v)
		} else if dst, err = f.appendData(dst, v); err != nil {
			return dst[:start], err
		}
	}
	return append(dst, '}'), nil
}

var cvMember = []byte(`,"cv":"2024-10"`)

// appendData inflates what an event's data hold compressed: all of it, or some of its fields.
func (f *inflater) appendData(dst, data []byte) ([]byte, error) {
	switch rawjson.KindOf(data) {
	case rawjson.String:
		return f.append(dst, data)
	case rawjson.Object:
		return f.appendFields(dst, data)
	}
	return appendLine(dst, data), nil
}

// appendFields inflates the lists of a mutation or a style sheet change, each of which is compressed by itself.
func (f *inflater) appendFields(dst, data []byte) ([]byte, error) {
	start := len(dst)
	dst = append(dst, '{')
	var err error
	for key, v := range rawjson.Members(data) {
		dst = appendName(dst, start, key)
		if rawjson.KindOf(v) == rawjson.String && isCompressedField(key) {
			if dst, err = f.append(dst, v); err != nil {
				return dst, err
			}
			continue
		}
		dst = appendLine(dst, v)
	}
	return append(dst, '}'), nil
}

func isCompressedField(key []byte) bool {
	switch string(key) {
	case "texts", "attributes", "removes", "adds":
		return true
	}
	return false
}

// appendName appends a member's name, with the comma that separates it from the one before; the object begins at start.
func appendName(dst []byte, start int, key []byte) []byte {
	if len(dst) > start+1 {
		dst = append(dst, ',')
	}
	dst = append(dst, '"')
	dst = append(dst, key...)
	return append(dst, '"', ':')
}

// smallInt reads what rrweb writes as an enumeration, -1 when it is none.
func smallInt(v []byte) int64 {
	if len(v) == 1 && v[0] >= '0' && v[0] <= '9' {
		return int64(v[0] - '0')
	}
	n, err := strconv.ParseInt(string(v), 10, 64)
	if err != nil {
		return -1
	}
	return n
}
