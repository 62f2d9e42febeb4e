package words

import "strconv"

// everyMS is the length of the spans of time, in milliseconds, one of which is part of the clue of a request to an address.
const everyMS = 10_000

// RequestAt returns the clue of a request to an address that began at a time, in milliseconds. kind is Address or AddressUnread, address "POST /api/chat",
// or "/api/chat" if the method is not known.
func RequestAt(kind Kind, address string, ms int64) int64 {
	return ID(kind, address+"\n"+strconv.FormatInt(ms/everyMS, 10))
}

// RequestsBetween returns the clues of all requests to an address that began between two times.
func RequestsBetween(kind Kind, address string, fromMS, toMS int64) (all []int64) {
	for ms := fromMS / everyMS * everyMS; ms <= toMS; ms += everyMS {
		all = append(all, RequestAt(kind, address, ms))
	}
	return all
}
