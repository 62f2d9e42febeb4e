package mcp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/playheadhq/playhead/internal/query"
)

// entry is a line of a transcript, or some that belong together.
type entry struct {
	atMS int64
	text string
}

// transcript writes entries in the order of time. It returns the time from which to read on, 0 at the end.
func transcript(a *answer, entries []entry) int64 {
	slices.SortStableFunc(entries, func(x, y entry) int { return cmp.Compare(x.atMS, y.atMS) })
	today := ""
	for i, e := range entries {
		text := clock(e.atMS) + " " + e.text
		if d := day(e.atMS); d != today {
			text, today = d+"\n"+text, d
		}
		if a.fits(text) {
			continue
		}
		if i == 0 { // a first entry that never fits is cut, so that reading on makes progress
			a.line("%s", text)
			continue
		}
		if e.atMS == entries[0].atMS {
			return e.atMS + 1
		}
		return e.atMS
	}
	return 0
}

// activity reads what was done and what the page did from one instant until another, as entries: about as many as there is room for, and the instant
// until which they are complete.
func (t *tools) activity(ctx context.Context, r query.ActivityRequest, room int) (entries []entry, untilMS int64, err error) {
	const leastTokens = 8 // of an entry
	r.Limit = query.MaxLimit
	for {
		page, err := t.query.Activity(ctx, t.scope, r)
		if err != nil {
			return nil, 0, err
		}
		for i := range page.Activity {
			x := &page.Activity[i]
			untilMS = x.AtMS
			entries = append(entries, entry{x.AtMS, activityText(x)})
		}
		if page.Next == "" {
			return entries, 0, nil
		}
		if len(entries)*leastTokens > room {
			return entries, untilMS, nil
		}
		r.Cursor = page.Next
	}
}

func activityText(x *query.Activity) string {
	label := short(x.Label, 80)
	text := ""
	switch x.Kind {
	case "click":
		text = "clicked " + quoted(label)
	case "dead_click":
		text = "clicked without an effect: " + quoted(label)
	case "rage_click":
		text = "clicked again and again: " + quoted(label)
	case "key":
		text = "typed in " + quoted(label)
	case "input":
		text = "changed " + quoted(label)
	case "scroll":
		text = "scrolled " + label
	case "copy":
		text = "copied " + quoted(label)
	case "selection":
		text = "selected " + quoted(label)
	case "navigation":
		text = "went to " + label
	case "tab_hidden":
		text = "left the tab"
	case "tab_visible":
		text = "came back to the tab"
	case "console":
		text = "console: " + label
	case "request":
		text = "request " + label
	case "page_error":
		text = "error of the page: " + label
	case "feedback":
		text = "gave feedback: " + label
	default:
		text = "event " + label
	}
	extra := []string{}
	if x.Detail != "" {
		extra = append(extra, short(x.Detail, 40))
	}
	if x.Status != nil {
		extra = append(extra, fmt.Sprintf("status %d", *x.Status))
	}
	if x.EndMS != nil {
		extra = append(extra, lasted(float64(*x.EndMS-x.AtMS)/1000))
	}
	if len(extra) > 0 {
		text += " (" + strings.Join(extra, ", ") + ")"
	}
	return text
}

func quoted(label string) string {
	if label == "" {
		return "something without a name"
	}
	return `"` + label + `"`
}

// calls are the generations and embeddings of a session that ran between two instants of its recording, with their times there.
func (t *tools) calls(ctx context.Context, session string, fromMS, toMS int64) (calls []query.SessionGeneration, err error) {
	for r := (query.PageRequest{}); ; {
		page, err := t.query.SessionGenerations(ctx, t.scope, session, r)
		if e := (*query.Error)(nil); errors.As(err, &e) && e.Code == query.CodeNotFound {
			return calls, nil // a session can be recorded without other events
		}
		if err != nil {
			return nil, err
		}
		for i := range page.Items {
			g := page.Items[i]
			g.StartMS, g.EndMS = g.Link.InRecording(g.StartMS), g.Link.InRecording(g.EndMS)
			if (toMS == 0 || g.StartMS < toMS) && max(g.EndMS, g.StartMS) >= fromMS {
				calls = append(calls, g)
			}
		}
		if page.Next == nil {
			return calls, nil
		}
		r.Cursor = *page.Next
	}
}

func callText(g *query.SessionGeneration) string {
	return fmt.Sprintf("AI %s %s: %s", g.Kind, g.ID, facts(some("%q", g.Name), some("%s", g.Model), seconds("took ", g.LatencyS), seconds("first token after ", g.FirstTokenS),
		state(&g.Generation), experiencedShortly(g.Seen, g.Reaction), "trace "+g.TraceID))
}

type sessionArguments struct {
	ID     string   `json:"id" jsonschema:"the session's id"`
	From   string   `json:"from,omitempty" jsonschema:"begin then, or read on: 2026-05-04T13:30:00.250Z or Unix milliseconds"`
	To     string   `json:"to,omitempty" jsonschema:"end then"`
	Window string   `json:"window,omitempty" jsonschema:"only what happened in this tab; AI calls are always there"`
	Kinds  []string `json:"kinds,omitempty" jsonschema:"only these kinds of activity: click, key, input, scroll, copy, selection, navigation, tab_hidden, tab_visible, console, request, page_error, feedback, custom, rage_click, dead_click"`
	Budget int      `json:"budget,omitempty" jsonschema:"tokens that the result may have, 300 to 50000; 5000 by default"`
}

func (t *tools) session(ctx context.Context, in sessionArguments) (string, error) {
	a, err := newAnswer(in.Budget)
	if err != nil {
		return "", err
	}
	from, err := t.instant("from", in.From)
	if err != nil {
		return "", err
	}
	to, err := t.instant("to", in.To)
	if err != nil {
		return "", err
	}
	if err := t.sessionHead(ctx, a, in.ID, from == 0); err != nil {
		return "", err
	}
	entries, until, err := t.activity(ctx, query.ActivityRequest{SessionID: in.ID, WindowID: in.Window, FromMS: from, ToMS: to, Kinds: in.Kinds}, a.tokensLeft())
	if err != nil {
		return "", err
	}
	end := to
	if until != 0 {
		end = until
	}
	calls, err := t.calls(ctx, in.ID, from, end)
	if err != nil {
		return "", err
	}
	for i := range calls {
		g := &calls[i]
		if g.StartMS < from {
			continue // it was in the result before
		}
		entries = append(entries, entry{g.StartMS, callText(g) + preview("asked", g.InputPreview) + preview("answered", g.OutputPreview)})
	}
	next := cmp.Or(transcript(a, entries), until)
	switch {
	case next != 0:
		a.end("There is more: call again with from=%s, or with a larger budget.", iso(next))
	case len(entries) == 0:
		a.end("Nothing happened in this time.")
	}
	return a.String(), nil
}

// sessionHead says what a session is, and where its recording has gaps.
func (t *tools) sessionHead(ctx context.Context, a *answer, id string, whole bool) error {
	s, err := t.query.Session(ctx, t.scope, id)
	if err != nil {
		return err
	}
	a.line("%s, page %s", t.sessionRow(&s.Session), t.address+s.URL)
	if !whole {
		return nil
	}
	for i, w := range s.WindowList {
		if len(s.WindowList) > 1 {
			a.line("Tab %s from %s to %s", w.ID, iso(w.StartMS), iso(w.EndMS))
		}
		if i == 9 {
			break
		}
	}
	timeline, err := t.query.Timeline(ctx, t.scope, id)
	if err != nil {
		return err
	}
	for i, g := range timeline.Gaps {
		a.line("Gap of tab %s from %s to %s: %s", g.WindowID, iso(g.FromMS), iso(g.ToMS), g.Detail)
		if i == 9 {
			break
		}
	}
	return nil
}
