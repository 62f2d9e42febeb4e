package otlp

import (
	"encoding/binary"

	"github.com/google/uuid"
)

// namespace is the namespace of all ids made here. Never change it: items that are sent again after an upgrade would count twice.
var namespace = uuid.MustParse("2f3c8d0e-51d4-5b7a-9d0b-7a1c60f4d3b8")

// idOf is the id of an item that the parts identify. Equal parts give equal ids, whoever sends them.
func idOf(kind string, parts ...[]byte) uuid.UUID {
	b := make([]byte, 0, 128)
	b = append(b, kind...)
	for _, part := range parts {
		b = binary.BigEndian.AppendUint32(b, uint32(len(part)))
		b = append(b, part...)
	}
	return uuid.NewSHA1(namespace, b)
}
