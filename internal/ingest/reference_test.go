package ingest

import (
	"bytes"
	"slices"

	"github.com/playheadhq/playhead/internal/rawjson"
)

// referenceTruncate does in the simplest way what appendTruncated promises: it recurses, and reads what is left out once more at each level.
func referenceTruncate(v []byte, most int) []byte {
	if len(v) <= most {
		return v
	}
	t := reference{keep: referenceCap(v, most), left: max(most, 64)}
	t.value(v)
	return t.out
}

// referenceCap is the greatest length of strings with which v fits into most bytes.
func referenceCap(v []byte, most int) int {
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

type reference struct {
	out  []byte
	keep int // bytes of a string that are kept
	left int // bytes that may still be written, marks not counted
}

// value writes one value, whole or in part.
func (t *reference) value(v []byte) {
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

func (t *reference) write(v []byte) {
	t.out = append(t.out, v...)
	t.left -= len(v)
}

func (t *reference) text(v []byte) {
	most := min(t.keep, max(t.left, 0))
	if len(v) <= most+maxMark {
		t.write(v)
		return
	}
	end := 1 + rawjson.CutText(v[1:len(v)-1], most)
	t.write(v[:end])
	t.out = append(appendMark(t.out, len(v)-1-end), '"')
}

func (t *reference) array(v []byte) {
	t.write([]byte{'['})
	first, cut := true, 0
	for item := range rawjson.Items(v) {
		if t.left <= 0 {
			cut = len(v) - 1 - (cap(v) - cap(item)) // from the item to the bracket: the capacities of both slices end at the same byte
			break
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

func (t *reference) object(v []byte) {
	t.write([]byte{'{'})
	first, cut := true, 0
	for key, member := range rawjson.Members(v) {
		if t.left < len(key) {
			cut = len(v) - 1 - (cap(v) - cap(key) - 1)
			break
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
