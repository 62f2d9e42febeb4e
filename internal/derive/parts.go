package derive

import (
	"slices"
	"strings"

	"github.com/playheadhq/playhead/internal/link/seen"
)

// partsOf are the generations that together make up the answer of a trace, by start: calls for the same question in one window, where each call but the
// last one calls a tool and the next call continues the answer. A generation of which nothing was shown is no part: a user who does not see what is
// said before a tool still waits.
func partsOf(generations []*felt, answer *felt) (parts []*felt) {
	for _, f := range generations {
		switch {
		case !f.isShown() || f.said.question != answer.said.question || f.x.SessionID != answer.x.SessionID || f.x.WindowID != answer.x.WindowID:
			continue
		case len(parts) > 0 && f.startMS < parts[len(parts)-1].endMS:
			continue // it runs beside the last part, such as a title
		}
		if parts = append(parts, f); f.event.Tools != "" {
			continue
		}
		if slices.Contains(parts, answer) {
			return parts
		}
		parts = nil
	}
	if slices.Contains(parts, answer) {
		return parts
	}
	return nil
}

// joined is the whole answer that parts make up. answer is one of them: the one that answerOf chose.
func joined(parts []*felt, answer *felt) *felt {
	whole := *answer
	seenOf, texts := make([]seen.Part, len(parts)), make([]string, len(parts))
	w := &whole.watched.context
	w.Stop, w.Scrolled = nil, nil
	for i, f := range parts {
		seenOf[i], texts[i] = seen.Part{Seen: f.x.Seen, Words: f.watched.context.Words}, f.said.answer
		w.Stop, w.Scrolled = append(w.Stop, f.watched.context.Stop...), append(w.Scrolled, f.watched.context.Scrolled...)
	}
	any := func(of func(c *seen.Context) func(int64) bool) func(int64) bool {
		return func(node int64) bool {
			return slices.ContainsFunc(parts, func(f *felt) bool {
				in := of(&f.watched.context)
				return in != nil && in(node)
			})
		}
	}
	w.Inside = any(func(c *seen.Context) func(int64) bool { return c.Inside })
	w.Beside = any(func(c *seen.Context) func(int64) bool { return c.Beside })
	whole.x.Seen, whole.said.answer, whole.x.AgainMS = seen.Join(seenOf), strings.Join(texts, "\n\n"), 0
	whole.startMS, whole.endMS = parts[0].startMS, parts[len(parts)-1].endMS
	whole.x.BeforeRequestMS, whole.x.MomentMS = parts[0].x.BeforeRequestMS, parts[0].x.MomentMS
	return &whole
}
