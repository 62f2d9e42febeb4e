package ingest

import (
	"bytes"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/playheadhq/playhead/internal/rawjson"
)

// keepWhole is the length up to which strings are cut only when cutting the longer ones does not help.
const keepWhole = 256

// truncateJSON returns valid JSON of at most about most bytes that begins like v: long strings are cut, all to the same
// length, so that every message of a conversation keeps its beginning; when that does not help, what is left of arrays and
// objects is left out. What was cut is marked with how much it was. Valid input gives valid output.
func truncateJSON(v []byte, most int) []byte {
	if len(v) <= most {
		return v
	}
	t := truncator{keep: stringCap(v, most), left: max(most, 64)}
	t.value(v)
	return t.out
}

// stringCap is the longest that strings may stay for v to fit into most bytes.
func stringCap(v []byte, most int) int {
	var long []int
	for i := 0; i < len(v); {
		n := bytes.IndexByte(v[i:], '"')
		if n < 0 {
			break
		}
		i += n
		end := rawjson.Skip(v, i)
		if end-i > keepWhole {
			long = append(long, end-i)
		}
		i = end
	}
	slices.Sort(long)
	size := len(v)
	for i := len(long) - 1; i >= 0; i-- {
		next := keepWhole
		if i > 0 {
			next = long[i-1]
		}
		// Cutting the longest len(long)-i strings to next bytes each saves this much, without their marks.
		count := len(long) - i
		saved := count * (long[i] - next)
		if size+count*maxMark-saved <= most {
			return max(keepWhole, next+(most-(size+count*maxMark-saved))/count)
		}
		size -= saved
	}
	return keepWhole
}

// maxMark is the longest that a mark can be.
const maxMark = len("… [18446744073709551615 bytes cut off]")

func appendMark(dst []byte, cut int) []byte {
	dst = append(dst, "… ["...)
	dst = strconv.AppendInt(dst, int64(cut), 10)
	return append(dst, " bytes cut off]"...)
}

type truncator struct {
	out  []byte
	keep int // bytes of a string that stay
	left int // bytes that may still be written, marks not counted
}

// value writes one value, whole or in part.
func (t *truncator) value(v []byte) {
	switch rawjson.KindOf(v) {
	case rawjson.String:
		t.text(v)
	case rawjson.Array:
		t.array(v)
	case rawjson.Object:
		t.object(v)
	default:
		t.write(v)
	}
}

func (t *truncator) write(v []byte) {
	t.out = append(t.out, v...)
	t.left -= len(v)
}

func (t *truncator) text(v []byte) {
	most := min(t.keep, max(t.left, 0))
	if len(v) <= most+maxMark {
		t.write(v)
		return
	}
	end := 1 + stringCut(v[1:len(v)-1], most)
	t.write(v[:end])
	t.out = append(appendMark(t.out, len(v)-1-end), '"')
}

// stringCut is where the inside of a JSON string may be cut, at most most bytes on: between characters, not inside of an
// escape, and not between the halves of a surrogate pair.
func stringCut(s []byte, most int) int {
	if most >= len(s) {
		return len(s)
	}
	at := 0
	for at < most {
		size := 1
		if s[at] == '\\' && at+1 < len(s) {
			size = 2
			if s[at+1] == 'u' {
				_, size = rawjson.Escape(s[at:])
				size = max(size, min(6, len(s)-at))
			}
		} else if s[at] >= utf8.RuneSelf {
			_, size = utf8.DecodeRune(s[at:])
		}
		if at+size > most {
			break
		}
		at += size
	}
	return at
}

func (t *truncator) array(v []byte) {
	t.write([]byte{'['})
	first, cut := true, 0
	for item := range rawjson.Items(v) {
		if cut > 0 || t.left <= 0 {
			cut += len(item)
			continue
		}
		if !first {
			t.write([]byte{','})
		}
		first = false
		t.value(item)
	}
	if cut > 0 {
		if !first {
			t.out = append(t.out, ',')
		}
		t.out = append(appendMark(append(t.out, '"'), cut), '"')
	}
	t.write([]byte{']'})
}

func (t *truncator) object(v []byte) {
	t.write([]byte{'{'})
	first, cut := true, 0
	for key, member := range rawjson.Members(v) {
		if cut > 0 || t.left < len(key) {
			cut += len(key) + len(member)
			continue
		}
		if !first {
			t.write([]byte{','})
		}
		first = false
		t.write([]byte{'"'})
		t.write(key)
		t.write([]byte{'"', ':'})
		t.value(member)
	}
	if cut > 0 {
		if !first {
			t.out = append(t.out, ',')
		}
		t.out = append(appendMark(append(t.out, `"…":"`...), cut), '"')
	}
	t.write([]byte{'}'})
}
