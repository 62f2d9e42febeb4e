package activity

import (
	"bytes"
	"slices"

	"github.com/playheadhq/playhead/internal/rawjson"
)

// Recorders do not number uploads, but nodes: each new one has the next number. So a lost upload is known from the first nodes that come after it, whose
// numbers are too high, or from a change of a node that came in no event. Of complete recordings by three versions of posthog-js, none shows a loss;
// without one upload that added nodes, 95 % do. A lost upload that added no node cannot be known.

// maxChecked is how many bytes of a block's changes are searched for unknown nodes. After a lost upload, they are in the first changes: 64 kB find no more
// losses, and take an eighth of the time of deriving all activity.
const maxChecked = 8 << 10

// nodes are the numbers of the nodes of a page.
type nodes struct {
	// highest is the highest number that came, 0 if not all are known.
	highest int64
	// checked counts the bytes that were searched in this block. They are not searched after a full snapshot: what precedes the snapshot no longer counts.
	checked int
	// lost means that the block changes a node that came in no event.
	lost bool
	// about and added are the numbers in an event, kept for their memory.
	about, added []int64
}

// begin begins a block. leftOut means that the recorder has left out changes, so that nodes are missing without a loss.
func (n *nodes) begin(leftOut bool) {
	n.lost, n.checked = false, 0
	if leftOut || n.highest == 0 {
		n.checked = maxChecked
	}
}

func (n *nodes) snapshot(event []byte) {
	n.highest, n.checked = highest(event), maxChecked
}

func (n *nodes) mutation(event []byte) {
	if n.highest == 0 {
		return
	}
	if bytes.Contains(event[max(0, len(event)-64):], []byte(`"cv":`)) {
		n.highest = 0 // it could not be decompressed: what it adds is not known
		return
	}
	if n.checked < maxChecked && !n.lost {
		n.checked += len(event)
		n.lost = n.unknown(mutationOf(event))
	}
	n.highest = max(n.highest, highest(event))
}

// mutationOf is the data of an event that changes the page, which is followed by the rest of the event if it begins as rrweb writes it.
func mutationOf(event []byte) []byte {
	if bytes.HasPrefix(event, mutationHead) {
		return event[dataAt:]
	}
	return rawjson.Member(event, "data")
}

// unknown reports whether a mutation is about a node that neither came before nor comes with it, or adds nodes whose numbers do not follow the last one. It
// reads each byte once: walking lists, their items, and nodes in them one inside of the other took three times as long.
func (n *nodes) unknown(data []byte) bool {
	about, added := n.about[:0], n.added[:0]
	defer func() { n.about, n.added = about, added }()
	s := rawjson.NewScanner(data, deepestMutation, nil)
	members(&s, func(name []byte) {
		switch string(name) {
		case "texts", "attributes", "removes":
			items(&s, func() {
				if id := number(&s, "id"); id > n.highest {
					about = append(about, id)
				}
			})
		case "adds":
			items(&s, func() {
				parent, id, document := int64(0), int64(0), false
				members(&s, func(name []byte) {
					switch string(name) {
					case "parentId":
						parent = value(&s)
					case "node":
						members(&s, func(name []byte) {
							switch string(name) {
							case "id":
								id = value(&s)
							case "type":
								document = value(&s) == 0 // a frame's document may come before its frame
							default:
								s.Skip()
							}
						})
					default:
						s.Skip()
					}
				})
				if id > n.highest {
					added = append(added, id)
				}
				if parent > n.highest && !document {
					about = append(about, parent)
				}
			})
		default:
			s.Skip()
		}
	})
	slices.Sort(added)
	if len(added) > 0 && added[0] > n.highest+1 {
		return true
	}
	for _, id := range about {
		if _, ok := slices.BinarySearch(added, id); !ok {
			return true
		}
	}
	return false
}

// deepestMutation is how deep the JSON of a mutation may nest for its nodes to be read.
const deepestMutation = 10_000

// members calls do with the name of each member of the object at which the scanner stands. do reads the value. Anything but an object is read over.
func members(s *rawjson.Scanner, do func(name []byte)) {
	if s.Peek() != '{' {
		s.Skip()
		return
	}
	s.Open()
	for name, more := s.Member(true); more; name, more = s.Member(false) {
		do(name)
	}
}

// items calls do for each item of the array at which the scanner stands. do reads the item. Anything but an array is read over.
func items(s *rawjson.Scanner, do func()) {
	if s.Peek() != '[' {
		s.Skip()
		return
	}
	s.Open()
	for more := s.Element(true); more; more = s.Element(false) {
		do()
	}
}

// value reads a value as a whole number; -1 if it is none.
func value(s *rawjson.Scanner) int64 {
	v, _ := s.Value()
	return whole(v)
}

// number reads an object, and returns its last member of that name as a whole number; -1 if there is none.
func number(s *rawjson.Scanner, name string) int64 {
	n := int64(-1)
	members(s, func(of []byte) {
		if string(of) == name {
			n = value(s)
		} else {
			s.Skip()
		}
	})
	return n
}

// highest is the highest number of a node in an event. In JSON, these bytes can be only a member's name: the quotes of a text are escaped.
func highest(event []byte) (most int64) {
	name := []byte(`"id":`)
	for {
		at := bytes.Index(event, name)
		if at < 0 {
			return most
		}
		event = event[at+len(name):]
		id := int64(0)
		for len(event) > 0 && event[0] >= '0' && event[0] <= '9' && id < 1<<40 {
			id = id*10 + int64(event[0]-'0')
			event = event[1:]
		}
		most = max(most, id)
	}
}
