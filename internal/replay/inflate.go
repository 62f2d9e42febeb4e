package replay

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"slices"
	"sync"

	"github.com/klauspost/compress/flate"

	"github.com/playheadhq/playhead/internal/rawjson"
)

const (
	// maxInflated limits the decompressed size of all $snapshots of a request: with deflate, a request could decompress to 260 GB. Events beyond the
	// limit are kept as they were sent.
	maxInflated = 128 << 20
	// maxDepth limits the nesting of decompressed JSON. A DOM element takes two levels.
	maxDepth = 10_000
)

var (
	errBinary = errors.New("compressed field is not a binary string")
	errGzip   = errors.New("compressed field is not gzip")
	errSize   = errors.New("compressed field decompresses to more than allowed")
)

// emptyArray is the deflate stream of "[]", with its CRC and length. Every empty list in a mutation is compressed to it.
var emptyArray = []byte{0x8b, 0x8e, 0x05, 0x00, 0x29, 0xbb, 0x4c, 0x0d, 0x02, 0x00, 0x00, 0x00}

// inflater undoes the recorder's "cv" compression. It keeps its buffers between uses.
type inflater struct {
	encoder *Encoder
	flate   io.ReadCloser
	source  bytes.Reader
	packed  []byte
	made    []byte // the line of an event
	// left is the number of bytes that may still be decompressed.
	left int
	// noRoom is the error of a reservation. The event is not its cause, and it ends the work.
	noRoom error
}

var inflaters = sync.Pool{New: func() any { return &inflater{flate: flate.NewReader(bytes.NewReader(nil))} }}

// takeInflater returns an inflater that may inflate up to left bytes.
func takeInflater(e *Encoder, left int) *inflater {
	f := inflaters.Get().(*inflater)
	f.encoder, f.left, f.noRoom = e, left, nil
	return f
}

// keepBuffer is the largest buffer that is kept in the pool: enough for a browser's flush.
const keepBuffer = 4 << 20

func (f *inflater) giveBack() {
	f.encoder = nil
	f.source.Reset(nil)
	if cap(f.packed) > keepBuffer {
		f.packed = nil
	}
	if cap(f.made) > keepBuffer {
		f.made = nil
	}
	inflaters.Put(f)
}

// grow makes room for n more bytes. It counts the memory of the new buffer, and no longer counts the old one.
func (f *inflater) grow(b *[]byte, n int) error {
	had := cap(*b)
	if had-len(*b) >= n {
		return nil
	}
	room := max(had+had/2, len(*b)+n)
	if err := f.encoder.memory.take(int64(room)); err != nil {
		f.noRoom = err
		return err
	}
	*b = append(make([]byte, 0, room), *b...)
	if had > keepBuffer { // smaller ones may have come from the pool and were not counted
		f.encoder.memory.forget(int64(had))
	}
	return nil
}

// inflate returns an event with its compressed fields inflated and without "cv". Its data begin at dataAt. The result is valid until the next call.
func (f *inflater) inflate(raw, data []byte, dataAt int) ([]byte, error) {
	f.made = f.made[:0]
	if len(data) > 0 {
		// The recorder writes "cv" right after the data. In this case the event, which is mostly data, need not be parsed again.
		head, tail := raw[:dataAt], raw[dataAt+len(data):]
		if tail, ok := bytes.CutPrefix(tail, cvMember); ok && !hasLineBreak(head) && !hasLineBreak(tail) {
			if err := f.copy(head); err != nil {
				return nil, err
			}
			if err := f.data(data); err != nil {
				return nil, err
			}
			err := f.copy(tail)
			return f.made, err
		}
	}
	err := f.object(raw, func(key, v []byte) error {
		if string(key) == "data" {
			return f.data(v)
		}
		return f.copy(v)
	})
	return f.made, err
}

var cvMember = []byte(`,"cv":"2024-10"`)

// data writes an event's data and inflates the compressed parts: the whole data, or some of their fields, as in a mutation or a style sheet change.
func (f *inflater) data(data []byte) error {
	switch rawjson.KindOf(data) {
	case rawjson.String:
		return f.field(data)
	case rawjson.Object:
		return f.object(data, func(key, v []byte) error {
			if rawjson.KindOf(v) == rawjson.String && isCompressedField(key) {
				return f.field(v)
			}
			return f.copy(v)
		})
	}
	return f.copy(data)
}

// object writes an object without "cv". member writes its values.
func (f *inflater) object(object []byte, member func(key, v []byte) error) error {
	begin := byte('{')
	for key, v := range f.encoder.pace.Members(object) {
		if string(key) == "cv" {
			continue
		}
		if err := f.grow(&f.made, len(key)+len(`{"":`)); err != nil {
			return err
		}
		f.made = append(append(append(f.made, begin, '"'), key...), '"', ':')
		begin = ','
		if err := member(key, v); err != nil {
			return err
		}
	}
	if begin == '{' {
		return f.copy([]byte("{}"))
	}
	return f.copy([]byte("}"))
}

// copy writes uncompressed JSON without line breaks. These can only be between tokens.
func (f *inflater) copy(v []byte) error {
	if err := f.grow(&f.made, len(v)); err != nil {
		return err
	}
	if hasLineBreak(v) {
		f.made = f.encoder.pace.AppendCompact(f.made, v)
	} else {
		f.made = append(f.made, v...)
	}
	return nil
}

// field writes the JSON in a compressed field. The field is a JSON string whose code points 0-255 are the bytes of a gzip stream.
func (f *inflater) field(field []byte) error {
	if len(field) < 2 {
		return errBinary
	}
	f.packed = f.packed[:0]
	if err := f.grow(&f.packed, len(field)); err != nil {
		return err
	}
	packed, ok := appendBinary(f.packed, field[1:len(field)-1])
	if !ok {
		return errBinary
	}
	var err error
	f.made, err = f.gunzip(f.made, packed)
	return err
}

// gunzip appends the JSON in one gzip member to dst, without line breaks. On an error it returns dst unchanged. The size is counted before inflating,
// and also when it fails, because a client could send failing members without end.
func (f *inflater) gunzip(dst, packed []byte) ([]byte, error) {
	body, ok := gzipBody(packed)
	if !ok {
		return dst, errGzip
	}
	if bytes.Equal(body, emptyArray) {
		return append(dst, "[]"...), nil
	}
	size := int(binary.LittleEndian.Uint32(body[len(body)-4:]))
	if size > f.left || size > 1100*len(body) {
		return dst, errSize // deflate cannot exceed 1032:1
	}
	f.left -= size
	f.encoder.left -= size
	start := len(dst)
	if err := f.grow(&dst, size); err != nil {
		return dst, err
	}
	f.source.Reset(body[:len(body)-8])
	if err := f.flate.(flate.Resetter).Reset(&f.source, nil); err != nil {
		return dst, err
	}
	out := dst[start : start+size]
	for piece := range slices.Chunk(out, piece) {
		if !f.encoder.pace.Work(len(piece)) {
			return dst, f.encoder.pace.Err()
		}
		if _, err := io.ReadFull(f.flate, piece); err != nil {
			return dst, errGzip
		}
	}
	var more [1]byte
	if n, err := f.flate.Read(more[:]); n != 0 || err != io.EOF {
		return dst, errGzip
	}
	if crc32.ChecksumIEEE(out) != binary.LittleEndian.Uint32(body[len(body)-8:]) {
		return dst, errGzip
	}
	if err := f.encoder.pace.Check(out, maxDepth); err != nil {
		return dst, err
	}
	if hasLineBreak(out) {
		return f.encoder.pace.AppendCompact(dst, out), nil // in place: the write position is never ahead of the read position
	}
	return dst[:start+size], nil
}

func hasLineBreak(b []byte) bool {
	return bytes.IndexByte(b, '\n') >= 0 || bytes.IndexByte(b, '\r') >= 0
}

// gzipBody returns what follows a gzip member's header: the deflate stream, CRC and length.
func gzipBody(b []byte) ([]byte, bool) {
	const (
		hasCRC = 1 << (iota + 1)
		hasExtra
		hasName
		hasComment
	)
	if len(b) < 18 || b[0] != 0x1f || b[1] != 0x8b || b[2] != 8 {
		return nil, false
	}
	flags, rest := b[3], b[10:]
	if flags&hasExtra != 0 {
		if len(rest) < 2 {
			return nil, false
		}
		n := 2 + int(binary.LittleEndian.Uint16(rest))
		if len(rest) < n {
			return nil, false
		}
		rest = rest[n:]
	}
	for _, flag := range []byte{hasName, hasComment} {
		if flags&flag != 0 {
			end := bytes.IndexByte(rest, 0)
			if end < 0 {
				return nil, false
			}
			rest = rest[end+1:]
		}
	}
	if flags&hasCRC != 0 {
		if len(rest) < 2 {
			return nil, false
		}
		rest = rest[2:]
	}
	return rest, len(rest) >= 8
}

// appendBinary appends the bytes that the inside of a JSON string stands for, one for each code point. It returns false if a code point is above 255.
// Compressed bytes are random, so a branch on each would be mispredicted every other time. Therefore only the backslash, one byte in nine, branches.
func appendBinary(dst, s []byte) ([]byte, bool) {
	at := len(dst)
	dst = slices.Grow(dst, len(s))[:at+len(s)]
	var bad byte
	i := 0
	for i < len(s)-1 {
		c := s[i]
		if c == '\\' {
			v, n := escapedByte(s[i:])
			if n == 0 {
				return dst[:0], false
			}
			dst[at] = v
			at++
			i += n
			continue
		}
		d := s[i+1]
		high := c >> 7 // 1 for the first byte of two
		mask := -high
		dst[at] = c&^mask | (c<<6|d&0x3f)&mask
		bad |= (c&0xfe ^ 0xc2 | d&0xc0 ^ 0x80) & mask // a first byte other than C2 and C3, or a second byte that is no continuation
		at++
		i += 1 + int(high)
	}
	if i < len(s) {
		if s[i] >= 0x80 || s[i] == '\\' {
			return dst[:0], false
		}
		dst[at] = s[i]
		at++
	}
	return dst[:at], bad == 0
}

// escapedByte reads the escape at the start of s, which has at least two bytes. n is 0 if the escape stands for no byte.
func escapedByte(s []byte) (v byte, n int) {
	switch s[1] {
	case 'u':
		if len(s) < 6 || s[2] != '0' || s[3] != '0' {
			return 0, 0
		}
		hi, lo := rawjson.HexDigit(s[4]), rawjson.HexDigit(s[5])
		if hi > 15 || lo > 15 {
			return 0, 0
		}
		return hi<<4 | lo, 6
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case '"', '\\', '/':
		return s[1], 2
	}
	return 0, 0
}
