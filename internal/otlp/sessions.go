package otlp

import (
	"context"
	"sync"
	"time"

	"github.com/playheadhq/playhead/internal/model"
)

// The attribute session.id is a conversation to most instrumentations, and the browser's session to programs that carry it in baggage. Nothing about an
// id says which it is. So it is a browser's session if it names one that is being recorded, and otherwise a conversation.

const (
	// lookUps is how many ids of one request are looked up: each is a read of the storage.
	lookUps = 32
	// remembered is how many answers are kept. forget is how long a "no" is kept: a recording may begin after its first span.
	remembered = 10_000
	forget     = 10 * time.Second
)

// recordedSessions remembers which sessions are recorded.
type recordedSessions struct {
	// ask is nil if there is nobody to ask.
	ask func(ctx context.Context, project, sessionID string) bool
	now func() time.Time

	mu    sync.Mutex
	known map[[2]string]time.Time // until when a "no" holds; the zero time for "yes", which holds for ever
}

// has reports whether a session is recorded. left is how many may still be looked up.
func (s *recordedSessions) has(ctx context.Context, project, id string, left *int) bool {
	if s.ask == nil || id == "" {
		return false
	}
	key := [2]string{project, id}
	s.mu.Lock()
	until, known := s.known[key]
	s.mu.Unlock()
	if known && (until.IsZero() || s.now().Before(until)) {
		return until.IsZero()
	}
	if *left <= 0 {
		return false
	}
	*left--
	is := s.ask(ctx, project, id)
	until = time.Time{}
	if !is {
		until = s.now().Add(forget)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil || len(s.known) >= remembered {
		s.known = map[[2]string]time.Time{}
	}
	s.known[key] = until
	return is
}

// settle decides whether the id that may be either is the browser's session or a conversation.
func (a *arrivals) settle(r *record, e *model.Event) {
	id := r.id(mEitherSession)
	switch {
	case id == "":
	case e.SessionID == "" && a.recorded(id):
		e.SessionID = id
	case e.ConversationID == "" && e.SessionID != id:
		e.ConversationID = id
	}
}
