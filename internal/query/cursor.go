package query

import (
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
)

// listKind keeps a cursor of one list from being used with another.
type listKind byte

const (
	listTraces      listKind = 't'
	listGenerations listKind = 'g'
	listSessions    listKind = 's'
	listNodes       listKind = 'n'
	listFeedback    listKind = 'f'
	listMarks       listKind = 'm'
	listSteps       listKind = 'p'
	listMessages    listKind = 'c'
)

const cursorVersion = 1

// maxCursor bounds the text of a cursor; ids are short, and what is longer was not made here.
const maxCursor = 4096

// formatCursor names the row (time, id) after which the next page begins: version, list, time as a varint, id, and a
// CRC-32 that tells a cursor cut off by copying from a whole one. It holds no secret and grants nothing.
func formatCursor(kind listKind, ms int64, id string) string {
	b := make([]byte, 0, 2+binary.MaxVarintLen64+len(id)+4)
	b = append(b, cursorVersion, byte(kind))
	b = binary.AppendVarint(b, ms)
	b = append(b, id...)
	b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
	return base64.RawURLEncoding.EncodeToString(b)
}

func parseCursor(kind listKind, s string) (ms int64, id string, err error) {
	bad := badCursor()
	if len(s) > maxCursor {
		return 0, "", bad
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) < 2+1+4 {
		return 0, "", bad
	}
	body, sum := b[:len(b)-4], b[len(b)-4:]
	if crc32.ChecksumIEEE(body) != binary.BigEndian.Uint32(sum) || body[0] != cursorVersion || body[1] != byte(kind) {
		return 0, "", bad
	}
	ms, n := binary.Varint(body[2:])
	if n <= 0 {
		return 0, "", bad
	}
	return ms, string(body[2+n:]), nil
}

func badCursor() error {
	return badInput("cursor", "This cursor was not made by this list. Leave cursor out to start at the beginning, and pass the \"next\" of an answer unchanged.")
}
