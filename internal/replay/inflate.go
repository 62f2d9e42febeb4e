package replay

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"sync"

	"github.com/klauspost/compress/flate"

	"github.com/playheadhq/playhead/internal/rawjson"
)

// Bounds of what one $snapshot may inflate to. A browser splits at 6.6 MB of wire JSON, which is 30 MB inflated as a
// rule; deflate alone could make 6.6 GB of it.
const (
	maxInflated = 128 << 20
	// maxDepth bounds the nesting of inflated JSON. A DOM element costs two levels.
	maxDepth = 10_000
)

var (
	errBinary = errors.New("compressed field is no binary string")
	errGzip   = errors.New("compressed field is not gzip")
	errSize   = errors.New("compressed field inflates to more than allowed")
)

// emptyArray is the deflate stream of "[]" that ends every empty list a mutation brings; its CRC and length follow it.
var emptyArray = []byte{0x8b, 0x8e, 0x05, 0x00, 0x29, 0xbb, 0x4c, 0x0d, 0x02, 0x00, 0x00, 0x00}

// inflater undoes the recorder's "cv" compression. It keeps its buffers between uses.
type inflater struct {
	flate  io.ReadCloser
	source bytes.Reader
	packed []byte
	// left is how much more may be inflated.
	left int
}

var inflaters = sync.Pool{New: func() any { return &inflater{flate: flate.NewReader(bytes.NewReader(nil))} }}

// takeInflater returns one that may inflate as much as one $snapshot may.
func takeInflater() *inflater {
	f := inflaters.Get().(*inflater)
	f.left = maxInflated
	return f
}

// append appends to dst the JSON that a compressed field holds: a JSON string whose code points 0-255 are the bytes of a
// gzip stream. On an error dst comes back as it was.
func (f *inflater) append(dst, field []byte) ([]byte, error) {
	if len(field) < 2 || field[0] != '"' {
		return dst, errBinary
	}
	var ok bool
	if f.packed, ok = appendBinary(f.packed[:0], field[1:len(field)-1]); !ok {
		return dst, errBinary
	}
	return f.gunzip(dst, f.packed)
}

// gunzip appends to dst the JSON that one gzip member holds, without line breaks. On an error dst comes back as
// it was.
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
	start := len(dst)
	dst = grow(dst, size)
	f.source.Reset(body[:len(body)-8])
	if err := f.flate.(flate.Resetter).Reset(&f.source, nil); err != nil {
		return dst[:start], err
	}
	out := dst[start : start+size]
	if _, err := io.ReadFull(f.flate, out); err != nil {
		return dst[:start], errGzip
	}
	var more [1]byte
	if n, err := f.flate.Read(more[:]); n != 0 || err != io.EOF {
		return dst[:start], errGzip
	}
	if crc32.ChecksumIEEE(out) != binary.LittleEndian.Uint32(body[len(body)-8:]) {
		return dst[:start], errGzip
	}
	if err := rawjson.Check(out, maxDepth); err != nil {
		return dst[:start], err
	}
	f.left -= size
	dst = dst[:start+size]
	if hasLineBreak(out) {
		dst = rawjson.AppendCompact(dst[:start], bytes.Clone(out))
	}
	return dst, nil
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

// appendBinary appends the bytes that the inside of a JSON string stands for, one a code point, false when one of them is
// above 255. Compressed bytes are random, so a branch on each of them would be mispredicted every other time: only the
// backslash, one byte in nine, branches.
func appendBinary(dst, s []byte) ([]byte, bool) {
	at := len(dst)
	dst = grow(dst, len(s))
	dst = dst[:at+len(s)]
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
		high := c >> 7 // 1 for the lead byte of two
		mask := -high
		dst[at] = c&^mask | (c<<6|d&0x3f)&mask
		bad |= (c&0xfe ^ 0xc2 | d&0xc0 ^ 0x80) & mask // a lead other than C2 and C3, or no continuation
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

// escapedByte reads the escape at the start of s, which has two bytes at least; n is 0 when it stands for no byte.
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

// grow makes room for n more bytes.
func grow(b []byte, n int) []byte {
	if cap(b)-len(b) >= n {
		return b
	}
	out := make([]byte, len(b), max(2*cap(b), len(b)+n))
	copy(out, b)
	return out
}
