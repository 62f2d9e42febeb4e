package servertest

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Sender is one SDK or one browser tab. It sends one request after the other, repeats each until it is acknowledged, and remembers the acknowledged
// ones. Several senders may share a session if they send different kinds of requests.
type Sender struct {
	Session string
	// Acked are the acknowledged requests, in order.
	Acked []Request
	// Retries counts repeated requests.
	Retries int
	// Padding is how many bytes are added to each prompt and each recorded marker.
	Padding int

	kinds   []Kind
	at      time.Time // of the next event with a time
	made    int
	first   map[Kind]bool // the kinds whose first request was made
	pending *Request
}

// Kind of request.
type Kind int

const (
	// Recording is what a browser sends every few seconds.
	Recording Kind = iota
	// Timed is a batch of generations with times, and with uuids of version 4.
	Timed
	// Untimed is a batch of generations without times (the time of receipt counts), with uuids of version 7.
	Untimed
)

// Window is the only window of every Sender's session.
const Window = "w"

// Request is the content of one request.
type Request struct {
	Path string
	Body []byte
	// Trace is the trace of Generations, "" if there are none.
	Trace       string
	Generations []string // their uuids
	Markers     []string // in a recording of one block
	// Identified is true if it identifies the person of the session.
	Identified bool
}

// perBatch is how many generations an SDK sends at once.
const perBatch = 20

// NewSender returns a sender whose recording and timed events begin at a time. It sends the given kinds in turn, all kinds if none is given.
func NewSender(session string, began time.Time, kinds ...Kind) *Sender {
	if len(kinds) == 0 {
		kinds = []Kind{Recording, Timed, Untimed}
	}
	return &Sender{Session: session, at: began, kinds: kinds, first: map[Kind]bool{}}
}

// DistinctID is the person's id in all events of the session.
func (s *Sender) DistinctID() string { return "user-" + s.Session }

// Name is the person's name, which an event beside the first timed generations sets.
func (s *Sender) Name() string { return "Person of " + s.Session }

// Try sends the pending request, or the next one.
func (s *Sender) Try(ctx context.Context, c *Client) (*Reply, error) {
	if s.pending != nil {
		s.Retries++
	} else {
		s.pending = s.next()
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.Base+s.pending.Path, bytes.NewReader(s.pending.Body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	res, err := c.Send(r)
	if err == nil && res.Status == http.StatusOK {
		s.pending.Body = nil // it is not sent again
		s.Acked = append(s.Acked, *s.pending)
		s.pending = nil
	}
	return res, err
}

// Pending is the request that was sent but not acknowledged, nil if there is none.
func (s *Sender) Pending() *Request { return s.pending }

func (s *Sender) next() *Request {
	n := s.made
	kind := s.kinds[n%len(s.kinds)]
	first := !s.first[kind]
	s.made++
	s.first[kind] = true
	s.at = s.at.Add(time.Second)
	if kind == Recording {
		marker := fmt.Sprintf("%s-%d%s", s.Session, n, strings.Repeat(".", s.Padding))
		e := Snapshot(s.at, s.Session, Window, first, marker)
		e.DistinctID = s.DistinctID()
		return &Request{Path: "/s/", Body: Batch(e), Markers: []string{marker}}
	}
	r := &Request{Path: "/batch/", Trace: fmt.Sprintf("trace-%s-%d", s.Session, n)}
	var events []Event
	for range perBatch {
		e := Generation(s.at, r.Trace, map[string]any{"$session_id": s.Session, "$ai_input": strings.Repeat("prompt ", 250) + strings.Repeat(".", s.Padding)})
		e.DistinctID = s.DistinctID()
		if kind == Untimed {
			e.UUID, e.Timestamp = uuid.Must(uuid.NewV7()).String(), ""
		}
		events = append(events, e)
		r.Generations = append(r.Generations, e.UUID)
	}
	if kind == Timed && first {
		r.Identified = true
		events = append(events, Event{
			UUID: uuid.NewString(), Event: "$identify", DistinctID: s.DistinctID(), Timestamp: s.at.UTC().Format(time.RFC3339Nano),
			Properties: map[string]any{"$anon_distinct_id": "anonymous-" + s.Session, "$set": map[string]any{"name": s.Name()}},
		})
	}
	r.Body = Batch(events...)
	return r
}
