package replay

import (
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// Limits of one $snapshot. A browser splits at 6.6 MB of JSON, which usually decompresses to 30 MB.
const (
	// maxLines limits the bytes of a block's lines, and so the memory of its readers.
	maxLines = 128 << 20
	// maxItems limits the number of events in the array. A browser flushes some hundreds, at most some ten thousand.
	maxItems = 1 << 18
)

// Errors of Encode about what a client sent.
var (
	// ErrNotEvents means that the data of a $snapshot have none of the forms in which clients send rrweb events.
	ErrNotEvents = errors.New("a recording has no rrweb events: send one, or an array of them")
	// ErrTooLarge means that a $snapshot has more events, or larger ones, than a block may hold.
	ErrTooLarge = fmt.Errorf("a part of a recording is too large: send at most %d rrweb events and %d MiB at once", maxItems, maxLines>>20)
)

// Encoded is the result for one $snapshot.
type Encoded struct {
	// Body is the block, nil if there was no usable event.
	Body []byte
	// Block has everything that can be derived from the events. The caller sets its ids, ReceivedMS and Location.
	Block model.Block
	// Failed counts events whose compressed fields could not be decompressed. The block contains them as they were sent.
	Failed int
	// Dropped counts items that are not rrweb events (not an object, or without a type).
	Dropped int
	// Retimed counts events with an impossible time, which have another one instead, in their lines, too. Only with ReceivedMS.
	Retimed int
	// ShiftMS was added to all times, because none of them was possible: the client's clock is wrong by so much.
	ShiftMS int64
}

// event is one rrweb event of the $snapshot being encoded. It has positions instead of contents to save memory: a text can have one event for every
// eleven bytes.
type event struct {
	ms              int64  // its own time, or its neighbour's if it has none
	at, end         uint32 // of the event in the text
	dataAt, dataEnd uint32 // of its data in the text; both 0 if there are none
	kind            int8   // rrweb's type
	compressed      bool
	opaque          bool // kept as sent, although compressed
	impossible      bool // its own time; the line has another one
}

// Encoder makes blocks from the $snapshot events of one request. It is not safe for concurrent use.
type Encoder struct {
	memory memory
	// left is the number of bytes that the request may still decompress.
	left int
	pace *rawjson.Pace
	// ReceivedMS is when the events were received. Times of more than a day later are impossible, and so are those of more than a day before the latest
	// one. Zero means that it is not known. SentMS is the client's clock when it sent them, zero if unknown.
	ReceivedMS, SentMS int64
}

// NewEncoder returns an encoder for one request. It calls reserve before it allocates n bytes of memory for the request, and pace during the work. An
// error of either ends the encoding. Both may be nil.
func NewEncoder(reserve func(n int64) error, pace *rawjson.Pace) *Encoder {
	return &Encoder{memory: memory{reserve: reserve}, left: maxInflated, pace: pace}
}

// encoding is the state of encoding one $snapshot.
type encoding struct {
	*Encoder
	text   []byte // the text that contains the events
	events []event
	size   int    // bytes of all events as sent
	again  []byte // the line of an event with another time
	out    Encoded
}

// Encode makes a block from the value of $snapshot_data, which must be valid JSON: an array of rrweb events, one event, a JSON string of either, or the
// chunk form {"compression":"gzip-base64","data":…} of older clients. An event that cannot be inflated is kept as it was sent, and counted.
//
// Besides the block it needs memory for 32 bytes an event, for a second copy of the block while it grows, and for one inflated event. Errors:
// ErrNotEvents, ErrTooLarge, or an error of reserve or the pace.
func (e *Encoder) Encode(data []byte) (Encoded, error) {
	held := e.memory.held
	w := encoding{Encoder: e}
	defer func() { e.memory.held = held + int64(cap(w.out.Body)) }()
	if err := w.collect(data, true); err != nil || len(w.events) == 0 {
		return w.out, err
	}
	w.settleTimes()
	slices.SortFunc(w.events, byTime)
	if err := w.emit(); err != nil {
		return Encoded{}, err
	}
	return w.out, nil
}

func (w *encoding) collect(data []byte, unwrap bool) error {
	data = rawjson.Trim(data)
	if len(data) > maxText {
		return ErrTooLarge
	}
	w.text = data
	switch rawjson.KindOf(data) {
	case rawjson.Array:
		n := 0
		for item := range w.pace.Items(data) {
			if n++; n > maxItems {
				return ErrTooLarge
			}
			if err := w.add(item); err != nil {
				return err
			}
		}
		return w.pace.Err()
	case rawjson.Object:
		if unwrap && rawjson.KindOf(w.pace.Member(data, "compression")) == rawjson.String {
			return w.collectChunk(data)
		}
		return w.add(data)
	case rawjson.String:
		if !unwrap || len(data) < 2 {
			return ErrNotEvents
		}
		if err := w.memory.take(int64(len(data))); err != nil {
			return err
		}
		inner := w.pace.AppendText(make([]byte, 0, len(data)), data[1:len(data)-1])
		if w.pace.Check(inner, maxDepth) != nil {
			return cmp.Or(w.pace.Err(), ErrNotEvents)
		}
		return w.collect(inner, false)
	}
	return ErrNotEvents
}

// maxText is the longest text in which an event's positions fit.
const maxText = 1 << 31

// collectChunk reads a whole $snapshot that is compressed as one chunk, as old clients and proxies send it.
func (w *encoding) collectChunk(chunk []byte) error {
	data := w.pace.Member(chunk, "data")
	if rawjson.Scalar(w.pace.Member(chunk, "compression"), 32) != "gzip-base64" || rawjson.KindOf(data) != rawjson.String || len(data) < 2 {
		return ErrNotEvents
	}
	if err := w.memory.take(int64(len(data))); err != nil {
		return err
	}
	packed := w.pace.AppendText(make([]byte, 0, len(data)), data[1:len(data)-1])
	n, err := base64.StdEncoding.Decode(packed, packed) // in place: three bytes are written after four have been read
	if err != nil {
		return ErrNotEvents
	}
	f := takeInflater(w.Encoder, w.left)
	defer f.giveBack()
	inner, err := f.gunzip(nil, packed[:n])
	if f.noRoom != nil {
		return f.noRoom
	}
	if err != nil {
		return cmp.Or(w.pace.Err(), ErrNotEvents)
	}
	return w.collect(inner, false)
}

func (w *encoding) add(raw []byte) error {
	ev := w.readEvent(raw)
	if err := w.pace.Err(); err != nil {
		return err
	}
	if ev.kind < 0 {
		w.out.Dropped++
		return nil
	}
	if w.size += len(raw) + 1; w.size > maxLines {
		return ErrTooLarge
	}
	if len(w.events) == cap(w.events) {
		room := max(16, 2*cap(w.events))
		if err := w.memory.take(int64(room) * eventSize); err != nil {
			return err
		}
		w.memory.forget(int64(cap(w.events)) * eventSize)
		w.events = append(make([]event, 0, room), w.events...)
	}
	w.events = append(w.events, ev)
	return nil
}

const eventSize = 32

// offset returns the position of a part in the text. Both have the same end of capacity, so the difference of the capacities is the position.
func (w *encoding) offset(part []byte) int { return cap(w.text) - cap(part) }

// readEvent reads what Encode needs to know about an event. The kind is negative if it is not an event.
func (w *encoding) readEvent(raw []byte) event {
	at := w.offset(raw)
	ev := event{at: uint32(at), end: uint32(at + len(raw)), kind: -1}
	for key, v := range w.pace.Members(raw) {
		switch string(key) {
		case "type":
			if f, ok := rawjson.Float(v); ok && f > -1 {
				ev.kind = int8(min(f, 127))
			}
		case "data":
			at := w.offset(v)
			ev.dataAt, ev.dataEnd = uint32(at), uint32(at+len(v))
		case "timestamp":
			ev.ms = anyTime(v)
			ev.impossible = ev.ms == 0
		case "cv":
			ev.compressed = string(v) == `"2024-10"`
		}
	}
	return ev
}

func (w *encoding) raw(ev *event) []byte  { return w.text[ev.at:ev.end] }
func (w *encoding) data(ev *event) []byte { return w.text[ev.dataAt:ev.dataEnd] }

// Times outside these limits are a client's mistake and are treated as missing.
const (
	earliestMS = 946_684_800_000   // 2000-01-01
	latestMS   = 4_102_444_800_000 // 2100-01-01
	// dayMS is how far a time may be off before it is impossible: a recorder sends within minutes, and time zones and clocks differ by hours.
	dayMS = 24 * 60 * 60 * 1000
)

// eventTime reads an event's time, 0 if it is missing or impossible.
func eventTime(v []byte) int64 {
	if ms := anyTime(v); ms >= earliestMS && ms <= latestMS {
		return ms
	}
	return 0
}

// anyTime reads a time by any clock, 0 if it is missing or no time.
func anyTime(v []byte) int64 {
	f, ok := rawjson.Float(v)
	if !ok || f < 1 || f > 1e15 {
		return 0
	}
	return int64(f)
}

// settleTimes gives each event without a time the time of the event before it. At the beginning it uses the first time that there is, or else the time
// of receipt: one event of the year 2100 or 1970 would make its session a century long.
func (w *encoding) settleTimes() {
	w.correctClock()
	for i := range w.events {
		if ev := &w.events[i]; ev.ms != 0 && (ev.ms < earliestMS || ev.ms > latestMS) {
			ev.ms, ev.impossible = 0, true
		}
	}
	w.dropImpossible()
	last := w.ReceivedMS
	for i := range w.events {
		if w.events[i].ms != 0 {
			last = w.events[i].ms
			break
		}
	}
	for i := range w.events {
		if w.events[i].ms == 0 {
			w.events[i].ms = last
		}
		last = w.events[i].ms
	}
}

// shiftStepMS is the unit of corrections of a client's clock. What the network takes differs from request to request: corrections that follow it would
// change the order of events of two blocks. With this unit, nearly all blocks of a session have the same correction.
const shiftStepMS = 10 * 60 * 1000

// correctClock shifts all times if none is possible: they are by a clock that is wrong, but agree with each other. A time that is some minutes too early
// is corrected like any other clock, by the differences between SentMS and ReceivedMS.
func (w *encoding) correctClock() {
	if w.ReceivedMS == 0 {
		return
	}
	possible := func(ms int64) bool { return ms >= earliestMS && ms <= w.ReceivedMS+dayMS }
	latest := int64(0)
	for i := range w.events {
		if possible(w.events[i].ms) {
			return
		}
		latest = max(latest, w.events[i].ms)
	}
	if latest == 0 {
		return
	}
	shift := w.ReceivedMS - latest
	if ahead := w.SentMS - w.ReceivedMS; w.SentMS != 0 {
		steps := ahead / shiftStepMS
		if ahead > steps*shiftStepMS {
			steps++
		}
		if by := -steps * shiftStepMS; possible(latest + by) {
			shift = by
		}
	}
	w.out.ShiftMS = shift
	for i := range w.events {
		if ev := &w.events[i]; ev.ms != 0 {
			ev.ms, ev.impossible = ev.ms+shift, true
		}
	}
}

// dropImpossible removes times that cannot be right.
func (w *encoding) dropImpossible() {
	if w.ReceivedMS == 0 {
		return
	}
	latest := int64(0)
	for i := range w.events {
		if ms := w.events[i].ms; ms <= w.ReceivedMS+dayMS {
			latest = max(latest, ms)
		}
	}
	for i := range w.events {
		ev := &w.events[i]
		if ev.ms > latest || ev.ms < latest-dayMS && ev.ms != 0 {
			ev.ms, ev.impossible = 0, true
		}
	}
}

// byTime orders events by time, and events of equal time as they were sent.
func byTime(a, b event) int { return cmp.Or(cmp.Compare(a.ms, b.ms), cmp.Compare(a.at, b.at)) }

// emit writes the lines and their times, and fills in the block.
func (w *encoding) emit() error {
	lines, err := newWriter(&w.memory, w.events, w.size/8)
	if err != nil {
		return err
	}
	defer lines.giveBack()
	f := takeInflater(w.Encoder, min(w.left, maxLines-w.size))
	defer f.giveBack()
	b := &w.out.Block
	meta := int32(-1)
	for i := range w.events {
		ev := &w.events[i]
		line, err := w.line(f, ev)
		if err == nil && ev.impossible && w.ReceivedMS != 0 {
			w.out.Retimed++
			line, err = w.retimed(line, ev.ms)
		}
		if err == nil {
			err = lines.write(line, ev.ms, w.pace)
		}
		if err == nil && !w.pace.Work(eventSize) {
			err = w.pace.Err()
		}
		if err != nil {
			return err
		}
		b.RawBytes += int64(len(line)) + 1
		meta = describe(w.pace, b, ev, w.data(ev), int32(i), meta)
	}
	b.Events = int32(len(w.events))
	b.FirstMS, b.LastMS = w.events[0].ms, w.events[len(w.events)-1].ms
	w.out.Body, err = lines.finish()
	return err
}

// line returns the stored form of an event, valid until the next call.
func (w *encoding) line(f *inflater, ev *event) ([]byte, error) {
	raw := w.raw(ev)
	if ev.compressed {
		line, err := f.inflate(raw, w.data(ev), int(ev.dataAt)-int(ev.at))
		if f.noRoom != nil {
			return nil, f.noRoom
		}
		if err == nil {
			return line, nil
		}
		ev.opaque = true
		w.out.Failed++
	}
	if !hasLineBreak(raw) { // line breaks can only be between tokens
		return raw, nil
	}
	f.made = f.made[:0]
	if err := f.grow(&f.made, len(raw)); err != nil {
		return nil, err
	}
	f.made = w.pace.AppendCompact(f.made, raw)
	return f.made, nil
}

// retimed returns a line with another time, because players go by the times in the lines. It is valid until the next call.
func (w *encoding) retimed(line []byte, ms int64) ([]byte, error) {
	var old []byte
	for key, v := range w.pace.Members(line) {
		if string(key) == "timestamp" {
			old = v // the last one counts
		}
	}
	if room := len(line) + maxDigits; room > cap(w.again) {
		if err := w.memory.take(int64(room)); err != nil {
			return nil, err
		}
		w.memory.forget(int64(cap(w.again)))
		w.again = make([]byte, 0, room)
	}
	at := cap(line) - cap(old)
	w.again = append(w.again[:0], line[:at]...)
	w.again = strconv.AppendInt(w.again, ms, 10)
	w.again = append(w.again, line[at+len(old):]...)
	return w.again, w.pace.Err()
}

// maxDigits is the length of the longest number.
const maxDigits = 20

func isCompressedField(key []byte) bool {
	switch string(key) {
	case "texts", "attributes", "removes", "adds":
		return true
	}
	return false
}

// smallInt reads one of rrweb's enumeration values, -1 if it is none.
func smallInt(v []byte) int64 {
	if len(v) == 1 && v[0] >= '0' && v[0] <= '9' {
		return int64(v[0] - '0')
	}
	if len(v) > 20 {
		return -1
	}
	n, err := strconv.ParseInt(string(v), 10, 64)
	if err != nil {
		return -1
	}
	return n
}
