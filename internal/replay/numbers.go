package replay

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"strconv"
)

// The lines of a block are stored with their numbers as differences: each from the last number after the same name. The ids of a page's nodes count up,
// so texts that differ in nothing but their numbers become equal, and zstd stores them once. Times are stored as the difference from the time of their
// line, which is usually 0. A difference is never longer than its number. Both bytes below are no part of valid JSON.
const (
	// begins is the first byte of a block's lines in this form.
	begins = 0x01
	// differs comes before a difference: a varint.
	differs = 0x02
	// Numbers of fewer or more digits are stored as they are. One digit is usually one of few values, which repeat as they are.
	leastDigits, mostDigits = 2, 15
)

// numbers has the last number after each name.
type numbers [256]int64

var timeSlot = slotOf([]byte(`{"timestamp":`))

// ones has 1 in each of eight bytes.
const ones = 0x0101010101010101

// slotOf returns the slot of a number after a text that ends in the name of a member, a quote and a colon. It depends on the last eight bytes of the
// name. If two names have one slot, they are compressed a little worse.
func slotOf(text []byte) byte {
	if len(text) < 10 {
		return 0
	}
	name := binary.BigEndian.Uint64(text[len(text)-10:])
	quotes := name ^ '"'*ones
	if m := (quotes - ones) &^ quotes & (0x80 * ones); m != 0 { // the lowest bit is exact: that of the last quote
		name &= 1<<(bits.TrailingZeros64(m)&^7) - 1
	}
	return byte(name * 0x9E3779B97F4A7C15 >> 56)
}

// begin begins a line with a time.
func (n *numbers) begin(ms int64) { n[timeSlot] = ms }

// shorten appends line[at:end] in its stored form, and more if a number goes on there. It returns where it ended. line is valid JSON.
func (n *numbers) shorten(dst, line []byte, at, end int) ([]byte, int) {
	code := [1 + binary.MaxVarintLen64]byte{differs}
	from := at // what is not appended yet
	for at < end {
		colon := bytes.IndexByte(line[at:end], ':')
		if colon < 0 {
			at = end
			break
		}
		at += colon + 1
		if at < 2 || line[at-2] != '"' {
			continue
		}
		v, length := integer(line[at:])
		if length == 0 {
			continue
		}
		slot := slotOf(line[:at])
		size := binary.PutVarint(code[1:], v-n[slot])
		if size >= length {
			continue
		}
		n[slot] = v
		dst = append(append(dst, line[from:at]...), code[:1+size]...)
		at += length
		from = at
	}
	return append(dst, line[from:at]...), at
}

// integer reads the number at the beginning of a text, or the digits before its point. The length is 0 if there is none that is stored as a difference.
// The text is as strconv.AppendInt writes it.
func integer(text []byte) (v int64, length int) {
	at, sign := 0, int64(1)
	if len(text) > 0 && text[0] == '-' {
		at, sign = 1, -1
	}
	first := at
	for at < len(text) && text[at]-'0' <= 9 {
		v = 10*v + int64(text[at]-'0')
		if at++; at-first > mostDigits {
			return 0, 0
		}
	}
	if at-first < leastDigits || text[first] == '0' {
		return 0, 0
	}
	return sign * v, at
}

// appendTime appends the time of a line, as the difference from the line before it.
func appendTime(dst []byte, events []event, i int) []byte {
	delta := events[i].ms
	if i > 0 {
		delta -= events[i-1].ms
	}
	return binary.AppendUvarint(dst, uint64(delta))
}

// restore reads the lines of a block from their stored form, which is room[at:]: begins, the number of lines and their times as uvarints, and the lines.
// It writes the lines into room from its beginning. It returns false if the stored form is damaged.
func (l *Lines) restore(room []byte, at int) bool {
	if at == len(room) || room[at] != begins {
		return false
	}
	at++
	count, length := binary.Uvarint(room[at:])
	if at += length; length <= 0 || count > uint64(len(room)-at) {
		return false
	}
	l.rows = make([]row, count)
	ms := int64(0)
	for i := range l.rows {
		delta, length := binary.Uvarint(room[at:])
		if at += length; length <= 0 {
			return false
		}
		ms += int64(delta)
		l.rows[i].ms = ms
	}
	var n numbers
	lines := room[:0]
	start := 0 // of the line
	for i := range l.rows {
		n.begin(l.rows[i].ms)
		for {
			if len(lines) > at {
				return false
			}
			end := at + control(room[at:])
			if end == len(room) {
				return false
			}
			lines = append(lines, room[at:end]...)
			at = end + 1
			if room[end] == '\n' {
				break
			}
			d, length := binary.Varint(room[at:])
			if at += length; length <= 0 || room[end] != differs {
				return false
			}
			slot := slotOf(lines[start:])
			n[slot] += d
			lines = strconv.AppendInt(lines, n[slot], 10)
		}
		l.rows[i].end = len(lines)
		lines = append(lines, '\n')
		start = len(lines)
	}
	l.JSON = lines
	return at == len(room)
}

// control returns the position of the first control character that is no white space between tokens, or the length.
func control(text []byte) int {
	at := 0
	for {
		for ; at+8 <= len(text); at += 8 {
			v := binary.LittleEndian.Uint64(text[at:])
			if m := (v - ' '*ones) &^ v & (0x80 * ones); m != 0 {
				at += bits.TrailingZeros64(m) / 8
				break
			}
		}
		for at < len(text) && text[at] >= ' ' {
			at++
		}
		if at == len(text) || text[at] != '\t' && text[at] != '\r' {
			return at
		}
		at++
	}
}
