package query

import (
	"context"
	"errors"
	"iter"
	"strings"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/llm"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// ClipRequest asks for a part of a session that can be watched without a server.
type ClipRequest struct {
	SessionID string
	// WindowID is the tab; "" is the one shown at FromMS.
	WindowID string
	// FromMS and ToMS are the first and the last instant, Unix milliseconds.
	FromMS, ToMS int64
}

// Clip is a part of a session.
type Clip struct {
	Title  string     `json:"title"`
	FromMS int64      `json:"from_ms"`
	ToMS   int64      `json:"to_ms"`
	Calls  []ClipCall `json:"calls"`
	// Events are the rrweb events of the window, as Snapshots yields them.
	Events iter.Seq2[[]byte, error] `json:"-"`
	// Assets returns, after all events were read, what was fetched of what they refer to, as data URLs by address.
	Assets func(context.Context) map[string]string `json:"-"`
}

// ClipCall is one call of a model in a clip, with its prompt and answer.
type ClipCall struct {
	Name         string        `json:"name"`
	StartMS      int64         `json:"start_ms"`
	EndMS        int64         `json:"end_ms"`
	FirstTokenMS *int64        `json:"first_token_ms"`
	Error        bool          `json:"error"`
	Messages     []ClipMessage `json:"messages"`
}

// ClipMessage is one message as text.
type ClipMessage struct {
	Role string `json:"role"`
	Text string `json:"text"`
}

// Limits of a clip.
const (
	maxClipMS    = 30 * 60_000
	maxClipBytes = 64 << 20
	maxClipCalls = 200
	maxClipText  = 20_000
)

// Clip returns a part of a session. An error that Events yields ends the events early.
func (s *Service) Clip(ctx context.Context, scope access.Scope, r ClipRequest) (Clip, error) {
	switch {
	case r.FromMS <= 0:
		return Clip{}, badInput("from", "from must be an instant in Unix milliseconds.")
	case r.ToMS <= r.FromMS:
		return Clip{}, badInput("to", "to (%d) must be later than from (%d).", r.ToMS, r.FromMS)
	case r.ToMS-r.FromMS > maxClipMS:
		return Clip{}, badInput("to", "A clip can have at most 30 minutes. Choose a shorter part.")
	}
	rec, err := s.recorded(ctx, scope, r.SessionID, r.WindowID, r.FromMS)
	if err != nil {
		return Clip{}, err
	}
	size := int64(0)
	for i := range rec.rows {
		if b := &rec.rows[i]; b.LastMS >= r.FromMS && b.FirstMS <= r.ToMS {
			size += b.RawBytes
		}
	}
	if size > maxClipBytes {
		return Clip{}, badInput("to", "This part of the recording has %d MB; a clip can have %d. Choose a shorter part.", size>>20, maxClipBytes>>20)
	}
	c := Clip{Title: "Session " + r.SessionID, FromMS: max(r.FromMS, rec.window.FirstSnapshotMS), ToMS: r.ToMS}
	if c.ToMS = min(c.ToMS, rec.window.LastMS); c.ToMS <= c.FromMS {
		return Clip{}, notFound("Nothing was recorded in this tab between from and to.")
	}
	if c.Calls, err = s.clipCalls(ctx, scope, r.SessionID, c.FromMS, c.ToMS); err != nil {
		return Clip{}, err
	}
	of := &clipAssets{service: s, scope: scope, seen: map[string]bool{}}
	c.Assets = of.inlined
	events, err := s.Snapshots(ctx, scope, SnapshotsRequest{SessionID: r.SessionID, WindowID: rec.window.ID, AtMS: c.FromMS, UntilMS: c.ToMS + 1})
	if err != nil {
		return Clip{}, err
	}
	c.Events = of.watching(events)
	return c, nil
}

// clipCalls are the calls of a session that ran between two instants of its recording.
func (s *Service) clipCalls(ctx context.Context, scope access.Scope, session string, from, to int64) ([]ClipCall, error) {
	calls := []ClipCall{}
	for r := (PageRequest{}); ; {
		page, err := s.SessionGenerations(ctx, scope, session, r)
		if e := (*Error)(nil); errors.As(err, &e) && e.Code == CodeNotFound {
			return calls, nil // a session can be recorded without other events
		}
		if err != nil {
			return nil, err
		}
		for i := range page.Items {
			g := &page.Items[i].Generation
			if len(calls) == maxClipCalls {
				return calls, nil
			}
			if g.Link.InRecording(g.EndMS) < from || g.Link.InRecording(g.StartMS) > to {
				continue
			}
			call, err := s.clipCall(ctx, scope, g)
			if err != nil {
				return nil, err
			}
			calls = append(calls, call)
		}
		if page.Next == nil {
			return calls, nil
		}
		r.Cursor = *page.Next
	}
}

func (s *Service) clipCall(ctx context.Context, scope access.Scope, g *Generation) (ClipCall, error) {
	c := ClipCall{Name: g.Kind, StartMS: g.Link.InRecording(g.StartMS), EndMS: g.Link.InRecording(g.EndMS), Error: g.IsError, Messages: []ClipMessage{}}
	if g.Name != nil {
		c.Name = *g.Name
	} else if g.Model != nil {
		c.Name = *g.Model
	}
	if g.FirstTokenS != nil {
		at := c.StartMS + int64(*g.FirstTokenS*1000)
		c.FirstTokenMS = &at
	}
	detail, err := s.Generation(ctx, scope, g.ID)
	if err != nil {
		return c, err
	}
	asked := detail.Content.Input
	if len(detail.Content.InputLast) > 0 {
		asked = detail.Content.InputLast
	}
	for i := len(asked) - 1; i >= 0; i-- {
		if asked[i].Role == "user" {
			c.add("user", &asked[i])
			break
		}
	}
	for i := range detail.Content.Output {
		c.add("assistant", &detail.Content.Output[i])
	}
	if g.Error != nil {
		c.Messages = append(c.Messages, ClipMessage{Role: "error", Text: rawjson.Clip(*g.Error, maxClipText)})
	}
	return c, nil
}

// add adds the text of a message, and the tools that it calls.
func (c *ClipCall) add(role string, m *Message) {
	var text []string
	for _, p := range m.Parts {
		switch p.Type {
		case llm.PartText, llm.PartRefusal:
			text = append(text, p.Text)
		case llm.PartToolCall:
			text = append(text, "→ "+p.Name)
		}
	}
	if whole := strings.TrimSpace(strings.Join(text, "\n")); whole != "" {
		c.Messages = append(c.Messages, ClipMessage{Role: role, Text: rawjson.Clip(whole, maxClipText)})
	}
}
