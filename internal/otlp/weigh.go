package otlp

import (
	"bytes"

	"google.golang.org/protobuf/encoding/protowire"
)

// holds says which fields of a message are messages.
type holds struct {
	fields map[protowire.Number]*holds
}

// The messages that can be in an item any number of times.
var (
	keyValue = &holds{}
	anyValue = &holds{}
	withKeys = func(number protowire.Number) *holds { return &holds{map[protowire.Number]*holds{number: keyValue}} }

	spanHolds     = &holds{map[protowire.Number]*holds{9: keyValue, 11: withKeys(3), 13: withKeys(4)}}
	logHolds      = &holds{map[protowire.Number]*holds{5: anyValue, 6: keyValue}}
	metricHolds   = &holds{}
	exemplarHolds = withKeys(7)
)

func init() {
	keyValue.fields = map[protowire.Number]*holds{2: anyValue}
	anyValue.fields = map[protowire.Number]*holds{5: {map[protowire.Number]*holds{1: anyValue}}, 6: {map[protowire.Number]*holds{1: keyValue}}}
	number := &holds{map[protowire.Number]*holds{7: keyValue, 5: exemplarHolds}}
	histogram := &holds{map[protowire.Number]*holds{9: keyValue, 8: exemplarHolds}}
	exponential := &holds{map[protowire.Number]*holds{1: keyValue, 11: exemplarHolds}}
	summary := &holds{map[protowire.Number]*holds{7: keyValue, 6: {}}}
	points := func(of *holds) *holds { return &holds{map[protowire.Number]*holds{1: of}} }
	metricHolds.fields = map[protowire.Number]*holds{5: points(number), 7: points(number), 9: points(histogram), 10: points(exponential), 11: points(summary), 12: keyValue}
}

const (
	// light is the memory for which nothing is reserved: one item at a time is decoded.
	light = 256 << 10
	// messageBytes is the memory of a decoded message without its text: a KeyValue, its place in a list, and what holds its value.
	messageBytes = 160
	// maxLevels is the deepest nesting of messages.
	maxLevels = 100
)

// weigh returns the approximate memory that an item takes when it is decoded. An attribute of two bytes takes eighty times as much, so a length says
// little. ok is false if the item nests too deep.
func weigh(raw []byte, asJSON bool, of *holds) (n int64, ok bool) {
	if asJSON { // its depth was checked
		return int64(bytes.Count(raw, []byte("{")))*messageBytes + 2*int64(len(raw)), true
	}
	messages := 0
	ok = countMessages(raw, of, maxLevels, &messages)
	return int64(messages)*messageBytes + int64(len(raw)), ok
}

// countMessages adds the number of messages inside a message. What is not valid is left to the decoder.
func countMessages(message []byte, of *holds, levels int, n *int) bool {
	if levels == 0 {
		return false
	}
	for len(message) > 0 {
		number, kind, size := protowire.ConsumeTag(message)
		if size < 0 {
			return true
		}
		message = message[size:]
		if size = protowire.ConsumeFieldValue(number, kind, message); size < 0 {
			return true
		}
		inner := of.fields[number]
		if kind == protowire.BytesType && inner != nil {
			*n++
			v, _ := protowire.ConsumeBytes(message)
			if !countMessages(v, inner, levels-1, n) {
				return false
			}
		}
		message = message[size:]
	}
	return true
}
