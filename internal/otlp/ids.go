package otlp

import (
	"encoding/binary"

	"github.com/google/uuid"
)

// namespace is that of all ids made here. Never change it: what is sent again across an upgrade would count twice.
var namespace = uuid.MustParse("2f3c8d0e-51d4-5b7a-9d0b-7a1c60f4d3b8")

// idOf is the id of what parts identify: the same for everybody who sends the same.
func idOf(kind string, parts ...[]byte) uuid.UUID {
	b := make([]byte, 0, 128)
	b = append(b, kind...)
	for _, part := range parts {
		b = binary.BigEndian.AppendUint32(b, uint32(len(part)))
		b = append(b, part...)
	}
	return uuid.NewSHA1(namespace, b)
}
