package posthog

import (
	"crypto/sha1"
	"encoding/binary"
	"hash"
	"slices"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/rawjson"
)

// namespace is the namespace of all ids made here. Never change it: a retry across an upgrade would be stored twice.
var namespace = uuid.MustParse("6d7c3c3e-8f0b-5d0e-9a57-0d5c4c2b9e11")

// ids determines the ids of the events of one request.
type ids struct {
	// seen counts events of equal content in the delivery. Two equal events in one request are two events. A retry of the request has the same two ids.
	seen map[uuid.UUID]uint32
}

// of returns the id of an event: the client's. If the client's text is not a uuid, the id is made from the text. If the client sent none, it is made
// from the event's content.
func (i *ids) of(pace *rawjson.Pace, text string, raw []byte) uuid.UUID {
	if text != "" {
		if id, err := uuid.Parse(text); err == nil && id != uuid.Nil {
			return id
		} else if err != nil {
			return uuid.NewSHA1(namespace, []byte("id:"+text))
		}
	}
	id := contentID(pace, raw, 0)
	if i.seen == nil {
		i.seen = make(map[uuid.UUID]uint32)
	}
	n := i.seen[id]
	i.seen[id] = n + 1
	if n > 0 {
		return contentID(pace, raw, n)
	}
	return id
}

// contentID returns a UUIDv5 of what stays the same when a client sends an event again: all members except those that say when it was sent, and the
// token. The receive time and everything around the event are not part of it.
func contentID(pace *rawjson.Pace, raw []byte, n uint32) uuid.UUID {
	h := digest{Hash: sha1.New(), pace: pace}
	h.Write(namespace[:])
	h.Write([]byte("content:"))
	for key, v := range pace.Members(raw) {
		switch string(key) {
		case "uuid", "sent_at", "offset", "api_key", "token":
			continue
		}
		h.sized(key)
		h.sized(v)
	}
	if n > 0 {
		h.sized(binary.BigEndian.AppendUint32(nil, n))
	}
	h.flush()
	var id uuid.UUID
	copy(id[:], h.Sum(nil))
	id[6] = id[6]&0x0f | 5<<4
	id[8] = id[8]&0x3f | 0x80
	return id
}

// digest hashes pieces, each with its size. Small pieces are collected first, because an event may have millions of them.
type digest struct {
	hash.Hash
	pace     *rawjson.Pace
	gathered []byte
}

const (
	// gather is the number of bytes that are hashed at once.
	gather = 4 << 10
	// stride is the number of bytes that are hashed before the pace is called.
	stride = 256 << 10
)

func (d *digest) sized(b []byte) {
	d.gathered = binary.BigEndian.AppendUint32(d.gathered, uint32(len(b)))
	if len(b) >= gather {
		d.flush()
		for piece := range slices.Chunk(b, stride) {
			if !d.pace.Work(len(piece)) {
				return
			}
			d.Write(piece)
		}
		return
	}
	if d.gathered = append(d.gathered, b...); len(d.gathered) >= gather {
		d.flush()
	}
}

func (d *digest) flush() {
	d.Write(d.gathered)
	d.gathered = d.gathered[:0]
}
