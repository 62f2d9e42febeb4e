package ingest

import (
	"bytes"
	"slices"
	"strconv"

	"github.com/playheadhq/playhead/internal/rawjson"
)

// keepWhole is the length in bytes up to which strings are cut only if cutting longer ones does not suffice.
const keepWhole = 256

// textForm is the stored form of a part of an event's content: its size, and how it is written.
type textForm struct {
	size func(pace *rawjson.Pace, v []byte) int
	// append appends the form of s, the inside of a string or a name: at most most bytes of it, cut between characters.
	append func(pace *rawjson.Pace, dst, s []byte, most int) []byte
}

var (
	// asSent is JSON as the client wrote it.
	asSent = textForm{
		size: func(_ *rawjson.Pace, v []byte) int { return len(v) },
		append: func(_ *rawjson.Pace, dst, s []byte, most int) []byte {
			return append(dst, s[:rawjson.CutText(s, most)]...)
		},
	}
	// canonical is the form that appendCanonical writes.
	canonical = textForm{size: canonicalSize, append: appendCanonicalMost}
)

// appendTruncated appends valid JSON of about most bytes or less with the same beginning as v. It cuts long strings to one length, so that every
// message of a conversation keeps its beginning; if that does not suffice, it leaves out the ends of arrays and objects. It marks each cut with the
// number of bytes. Valid input gives valid output.
//
// It reads v at most four times, however deep v nests. It needs memory for its output, 16 bytes a level, and 8 bytes for each 256 bytes of v (see
// stringLengths).
func appendTruncated(pace *rawjson.Pace, dst, v []byte, most int, form textForm) []byte {
	size := form.size(pace, v)
	if size <= most {
		return form.append(pace, dst, v, len(v))
	}
	t := newTruncator(pace, dst, most, stringCap(size, stringLengths(pace, nil, v, form), most), form)
	t.value(v)
	return t.out
}

// stringLengths appends the lengths of v's strings, including names, that are longer than keepWhole: at most one for each keepWhole bytes of v.
func stringLengths(pace *rawjson.Pace, dst []int, v []byte, form textForm) []int {
	for i := 0; i < len(v); {
		n := bytes.IndexByte(v[i:], '"')
		if n < 0 {
			break
		}
		i += n
		end := pace.Skip(v, i)
		if end-i > keepWhole { // no form makes a string longer
			if size := form.size(pace, v[i:end]); size > keepWhole {
				dst = append(dst, size)
			}
		}
		i = end
	}
	return dst
}

// stringCap is the greatest length of strings with which size bytes of JSON, whose long strings have these lengths, fit into most bytes.
func stringCap(size int, long []int, most int) int {
	slices.Sort(long)
	for i := len(long) - 1; i >= 0; i-- {
		next := keepWhole
		if i > 0 {
			next = long[i-1]
		}
		// Cutting the longest len(long)-i strings to next bytes saves this much, without the marks.
		count := len(long) - i
		saved := count * (long[i] - next)
		if size+count*maxMark-saved <= most {
			return max(keepWhole, next+(most-(size+count*maxMark-saved))/count)
		}
		size -= saved
	}
	return keepWhole
}

// maxMark is the length of the longest mark.
const maxMark = len("… [18446744073709551615 bytes cut off]")

func appendMark(dst []byte, cut int) []byte {
	dst = append(dst, "… ["...)
	dst = strconv.AppendInt(dst, int64(cut), 10)
	return append(dst, " bytes cut off]"...)
}

// truncator writes JSON within a limited size. When the limit is reached it closes all open levels; what each of them leaves out is only counted, so
// nothing is read twice.
type truncator struct {
	pace *rawjson.Pace
	out  []byte
	keep int // bytes of a string that are kept
	left int // bytes that may still be written, marks not counted
	form textForm
	open []level
}

// level is an array or object that is being written.
type level struct {
	cut    int // bytes left out of it
	object bool
	more   bool // something was written into it
}

func newTruncator(pace *rawjson.Pace, dst []byte, most, keep int, form textForm) *truncator {
	return &truncator{pace: pace, out: dst, keep: keep, left: max(most, 64), form: form}
}

func (t *truncator) begin(bracket byte) {
	t.write(bracket)
	t.open = append(t.open, level{object: bracket == '{'})
}

func (t *truncator) end() {
	l := t.open[len(t.open)-1]
	t.open = t.open[:len(t.open)-1]
	bracket := byte(']')
	if l.object {
		bracket = '}'
	}
	if l.cut > 0 {
		if l.more {
			t.out = append(t.out, ',')
		}
		if l.object {
			t.out = append(t.out, `"…":`...)
		}
		t.out = append(appendMark(append(t.out, '"'), l.cut), '"')
	}
	t.write(bracket)
}

func (t *truncator) write(c byte) {
	t.out = append(t.out, c)
	t.left--
}

// next begins the next item, or member with that name, of the innermost array or object. false means that there is no space for it; the caller then
// calls leaveOut with its size.
func (t *truncator) next(name []byte) bool {
	l := &t.open[len(t.open)-1]
	if l.cut > 0 || !l.object && t.left <= 0 || l.object && t.left < t.form.size(t.pace, name) {
		return false
	}
	if l.more {
		t.write(',')
	}
	l.more = true
	if l.object {
		t.write('"')
		t.raw(name)
		t.write('"')
		t.write(':')
	}
	return true
}

// leaveOut counts size bytes that did not fit into the innermost array or object. Nothing more is written into it.
func (t *truncator) leaveOut(size int) {
	l := &t.open[len(t.open)-1]
	if l.cut > 0 {
		l.cut++ // the comma
	}
	l.cut += size
}

func (t *truncator) raw(v []byte) {
	from := len(t.out)
	t.out = t.form.append(t.pace, t.out, v, len(v))
	t.left -= len(t.out) - from
}

// value writes one value, completely or in part.
func (t *truncator) value(v []byte) {
	outer := len(t.open)
	for i := t.pace.Space(v, 0); i < len(v) && t.pace.Work(1); i = t.pace.Space(v, i) {
		inner := len(t.open) > outer
		switch c := v[i]; {
		case c == ',':
			i++
			continue
		case inner && (c == '}' || c == ']'):
			t.end()
			i++
			if len(t.open) == outer {
				return
			}
			continue
		}
		start := i
		var name []byte
		if inner && t.open[len(t.open)-1].object {
			end := t.pace.Skip(v, i)
			if end-i < 2 {
				return // no JSON
			}
			name = v[i+1 : end-1]
			i = t.pace.Space(v, t.pace.Space(v, end)+1) // past the colon
		}
		if inner && !t.next(name) {
			i = t.pace.SkipRest(v, start)
			t.leaveOut(t.form.size(t.pace, v[start:i]))
			continue
		}
		if i < len(v) && (v[i] == '{' || v[i] == '[') {
			t.begin(v[i])
			i++
			continue
		}
		end := t.pace.Skip(v, i)
		if end == i {
			return // no JSON
		}
		t.scalar(v[i:end])
		i = end
		if !inner {
			return
		}
	}
}

// scalar writes anything but an array or object.
func (t *truncator) scalar(v []byte) {
	most := min(t.keep, max(t.left, 0))
	size := t.form.size(t.pace, v)
	if v[0] != '"' || size <= most+maxMark {
		t.raw(v)
		return
	}
	t.write('"')
	from := len(t.out)
	t.out = t.form.append(t.pace, t.out, v[1:len(v)-1], most)
	kept := len(t.out) - from
	t.left -= kept
	t.out = append(appendMark(t.out, size-2-kept), '"')
}
