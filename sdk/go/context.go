package playhead

import (
	"context"
	"net/http"

	"github.com/google/uuid"
)

// Session is a visit in a browser, with the ids of posthog-js. All fields may be empty.
type Session struct {
	// ID is the id of the visit, WindowID that of the tab.
	ID, WindowID string
	// DistinctID is the id of the person.
	DistinctID string
}

// Headers that posthog-js adds to a page's requests to the hosts in __add_tracing_headers.
const (
	HeaderSessionID  = "X-POSTHOG-SESSION-ID"
	HeaderWindowID   = "X-POSTHOG-WINDOW-ID"
	HeaderDistinctID = "X-POSTHOG-DISTINCT-ID"
)

// Trace identifies one run of an AI feature, with all of its calls.
type Trace struct {
	// ID is the id of the trace; NewTrace makes one.
	ID string
	// Name is shown in lists.
	Name string
	// ConversationID groups traces that belong to one chat; may be empty.
	ConversationID string
	// ParentID is the span that calls belong to; if it is empty, calls belong directly to the trace.
	ParentID string
}

type (
	sessionKey    struct{}
	traceKey      struct{}
	propertiesKey struct{}
)

// Middleware puts the session in a request's headers into the request's context.
func Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := SessionOf(r)
		if s == (Session{}) {
			next.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r.WithContext(WithSession(r.Context(), s)))
	})
}

// maxHeader limits an id in a header: those of posthog-js have 36 characters, but anybody can send longer ones.
const maxHeader = 200

// SessionOf returns the session in a request's headers, empty when there is none.
func SessionOf(r *http.Request) Session {
	read := func(name string) string {
		if v := r.Header.Get(name); len(v) <= maxHeader {
			return v
		}
		return ""
	}
	return Session{ID: read(HeaderSessionID), WindowID: read(HeaderWindowID), DistinctID: read(HeaderDistinctID)}
}

// WithSession returns a context for calls made for a session.
func WithSession(ctx context.Context, s Session) context.Context {
	return context.WithValue(ctx, sessionKey{}, s)
}

// SessionFrom returns the session of a context, empty when there is none.
func SessionFrom(ctx context.Context) Session {
	s, _ := ctx.Value(sessionKey{}).(Session)
	return s
}

// WithTrace returns a context for calls of a trace. Without a trace, each call is its own trace.
func WithTrace(ctx context.Context, t Trace) context.Context {
	return context.WithValue(ctx, traceKey{}, t)
}

// TraceFrom returns the trace of a context, empty when there is none.
func TraceFrom(ctx context.Context) Trace {
	t, _ := ctx.Value(traceKey{}).(Trace)
	return t
}

// NewTrace returns a trace with a new id, and a context whose calls belong to it.
func NewTrace(ctx context.Context, name string) (context.Context, Trace) {
	t := TraceFrom(ctx)
	t.ID, t.Name, t.ParentID = newID(), name, ""
	return WithTrace(ctx, t), t
}

// WithProperties returns a context that adds properties to events, in addition to those of ctx: "$ai_prompt_name", "plan", or anything that queries
// should use.
func WithProperties(ctx context.Context, properties map[string]any) context.Context {
	all := map[string]any{}
	for name, v := range propertiesFrom(ctx) {
		all[name] = v
	}
	for name, v := range properties {
		all[name] = v
	}
	return context.WithValue(ctx, propertiesKey{}, all)
}

func propertiesFrom(ctx context.Context) map[string]any {
	p, _ := ctx.Value(propertiesKey{}).(map[string]any)
	return p
}

// newID is an id that sorts by time.
func newID() string {
	id, err := uuid.NewV7()
	if err != nil { // the system has no random numbers
		id = uuid.New()
	}
	return id.String()
}
