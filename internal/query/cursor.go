package query

import (
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/store"
)

// listKind prevents a cursor of one list from being used with another.
type listKind byte

const (
	listTraces             listKind = 't'
	listGenerations        listKind = 'g'
	listSessions           listKind = 's'
	listNodes              listKind = 'n'
	listFeedback           listKind = 'f'
	listSessionGenerations listKind = 'm'
	listActivity           listKind = 'p'
	listMessages           listKind = 'c'
	listOpinions           listKind = 'o'
	listConversations      listKind = 'v'
	listTurns              listKind = 'w'
	listPeople             listKind = 'q'
	listErrors             listKind = 'e'
	listTools              listKind = 'k'
	listPrompts            listKind = 'b'
	listModels             listKind = 'l'
	listProviders          listKind = 'r'
)

const cursorVersion = 1

// maxCursor is the length of the longest valid cursor. Ids are short, so a longer cursor was not made by this server.
const maxCursor = 4096

// formatCursor names the row (time, id) after which the next page begins: version, list, time as a varint, id, and a CRC-32 that detects a cursor
// that was cut off when it was copied. It contains no secret and gives no rights.
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

// maxPosition limits the text of a list's cursor, which may contain a value of the field by which the list is sorted.
const maxPosition = 64 << 10

// formatPosition is formatCursor for a list that is sorted by a field: it adds a CRC-32 of sort, whether there is a value, and the value.
func formatPosition(kind listKind, sort string, p store.Position) string {
	b := []byte{positionVersion, byte(kind)}
	b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE([]byte(sort)))
	none := byte(0)
	if p.None {
		none = 1
	}
	b = append(b, none)
	b = binary.AppendVarint(b, p.Number)
	b = binary.AppendUvarint(b, uint64(len(p.Text)))
	b = append(b, p.Text...)
	b = append(b, p.ID...)
	b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
	return base64.RawURLEncoding.EncodeToString(b)
}

const positionVersion = 2

func parsePosition(kind listKind, sort, s string) (store.Position, error) {
	var p store.Position
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(s) > maxPosition || len(b) < 7+1+1+4 {
		return p, badCursor()
	}
	body, sum := b[:len(b)-4], b[len(b)-4:]
	if crc32.ChecksumIEEE(body) != binary.BigEndian.Uint32(sum) || body[0] != positionVersion || body[1] != byte(kind) {
		return p, badCursor()
	}
	if binary.BigEndian.Uint32(body[2:6]) != crc32.ChecksumIEEE([]byte(sort)) {
		return p, badInput("cursor", "This cursor belongs to a list with another sort. Remove cursor to start at the beginning.")
	}
	p.None = body[6] != 0
	rest := body[7:]
	var n int
	if p.Number, n = binary.Varint(rest); n <= 0 {
		return p, badCursor()
	}
	rest = rest[n:]
	length, n := binary.Uvarint(rest)
	if n <= 0 || length > uint64(len(rest)-n) {
		return p, badCursor()
	}
	p.Text, p.ID = string(rest[n:n+int(length)]), string(rest[n+int(length):])
	if (kind == listGenerations || kind == listOpinions) && uuid.Validate(p.ID) != nil {
		return p, badCursor()
	}
	return p, nil
}

func badCursor() error {
	return badInput("cursor", "This cursor does not belong to this list. Remove cursor to start at the beginning, and pass the \"next\" of an answer unchanged.")
}
