package mcp

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/address"
	"github.com/playheadhq/playhead/internal/query"
)

type whereArguments struct {
	ID     string `json:"id" jsonschema:"the id of a trace or of a generation"`
	Budget int    `json:"budget,omitempty" jsonschema:"tokens that the result may have, 300 to 50000; 5000 by default"`
}

// subject is the trace or the generation that an id names. Its times are those of the recording that it is linked to.
type subject struct {
	what           string
	link           query.Link
	startMS, endMS int64
	person         *query.Person
}

func (t *tools) subject(ctx context.Context, id string) (subject, error) {
	if _, err := uuid.Parse(id); err == nil {
		g, err := t.query.Generation(ctx, t.scope, id)
		if err == nil {
			return subject{g.Kind + " " + g.ID, g.Link, g.Link.InRecording(g.StartMS), g.Link.InRecording(g.EndMS), g.Person}, nil
		}
		if e := (*query.Error)(nil); !errors.As(err, &e) || e.Code != query.CodeNotFound {
			return subject{}, err
		} // the ids of traces can be uuids, too
	}
	d, err := t.query.Trace(ctx, t.scope, id)
	return subject{"trace " + d.ID, d.Link, d.Link.InRecording(d.StartMS), d.Link.InRecording(d.EndMS), d.Person}, err
}

// beforeMS and beforeMost bound which of the user's actions before a question are written: how long before it, and how many.
const (
	beforeMS   = 60_000
	beforeMost = 6
)

func (t *tools) whereWasTheUser(ctx context.Context, in whereArguments) (string, error) {
	a, err := newAnswer(in.Budget)
	if err != nil {
		return "", err
	}
	s, err := t.subject(ctx, in.ID)
	if err != nil {
		return "", err
	}
	l := s.link
	a.line("%s began at %s and ended at %s. %s", s.what, iso(s.startMS), iso(s.endMS), who(s.person))
	if l.State != "linked" || l.SessionID == nil {
		a.line("%s", t.linked(l))
		return a.String(), nil
	}
	a.line("The user was in session %s, tab %s (link %s). Open %s: the replay begins at %s.", *l.SessionID, or(l.WindowID, "unknown"), or(l.Method, ""), t.address+or(l.URL, ""), iso(or(l.MomentMS, 0)))
	if l.Clamped != nil {
		a.line("The call began %s the recording, so this is the nearest recorded moment.", *l.Clamped)
	}
	timeline, err := t.query.Timeline(ctx, t.scope, *l.SessionID)
	if err != nil {
		return "", err
	}
	page := ""
	for _, p := range timeline.Pages {
		if p.AtMS <= s.startMS && (l.WindowID == nil || p.WindowID == *l.WindowID) {
			page = p.URL
		}
	}
	if page != "" {
		a.line("The page was %s", page)
	}
	done, _, err := t.activity(ctx, query.ActivityRequest{SessionID: *l.SessionID, FromMS: max(1, s.startMS-beforeMS), ToMS: s.startMS + 1,
		Kinds: []string{"click", "key", "input", "copy", "selection", "navigation", "tab_hidden", "tab_visible", "rage_click", "dead_click"}}, mostBudget)
	if err != nil {
		return "", err
	}
	if len(done) > beforeMost {
		done = done[len(done)-beforeMost:]
	}
	if len(done) > 0 {
		a.line("In the minute before, the user:")
		transcript(a, done)
	}
	a.end("on_the_screen id=%s shows what they saw from then until after the answer.", in.ID)
	return a.String(), nil
}

type screenArguments struct {
	ID      string `json:"id,omitempty" jsonschema:"the id of a trace or of a generation, in place of session"`
	Session string `json:"session,omitempty" jsonschema:"the id of a session"`
	At      string `json:"at,omitempty" jsonschema:"the instant: 2026-05-04T13:30:00.250Z or Unix milliseconds"`
	Until   string `json:"until,omitempty" jsonschema:"the end of a range that begins at at, at most ten minutes later"`
	Window  string `json:"window,omitempty" jsonschema:"the tab; by default the one in which was asked, or that is shown at at"`
	Skip    int    `json:"skip,omitempty" jsonschema:"reads on in the text of a page at one instant: how many characters to leave out"`
	Budget  int    `json:"budget,omitempty" jsonschema:"tokens that the result may have, 300 to 50000; 5000 by default"`
}

const (
	// For a trace or generation, the result covers the screen from leadMS before it until trailMS after it: in this time the question is typed and the
	// answer is read.
	leadMS, trailMS = 5000, 30_000
	longestRangeMS  = 10 * 60_000
)

func (t *tools) onTheScreen(ctx context.Context, in screenArguments) (string, error) {
	a, err := newAnswer(in.Budget)
	if err != nil {
		return "", err
	}
	r, err := t.screenWanted(ctx, in)
	if err != nil {
		return "", err
	}
	screen, err := t.query.Screen(ctx, t.scope, r)
	if err != nil {
		return "", err
	}
	more := url.Values{"t": {strconv.FormatInt(screen.FromMS, 10)}, "window": {screen.WindowID}}
	a.line("Session %s, tab %s at %s. Open %s", r.SessionID, screen.WindowID, iso(screen.FromMS), t.address+address.Session(r.SessionID, t.project, more))
	a.line("Page %s", facts(screen.URL, some("%q", &screen.Title), fmt.Sprintf("%d x %d pixels", screen.Width, screen.Height)))
	if r.ToMS == 0 {
		instantText(a, &screen, in.Skip)
		return a.String(), nil
	}
	a.line("Text of the page at %s:", clock(screen.FromMS))
	if !a.some(strings.TrimSpace(screen.Text), a.tokensLeft()*2/5) || screen.Truncated {
		a.line("(cut: call with at=%s and without until to read all of it)", iso(screen.FromMS))
	}
	a.line("What was done and shown until %s (+ a line that appeared, - one that went away; times of changes are within half a second):", clock(screen.ToMS))
	entries, until, err := t.screenEntries(ctx, a, &screen, r)
	if err != nil {
		return "", err
	}
	next := transcript(a, entries)
	if next == 0 {
		next = until
	}
	if next == 0 && screen.Cut {
		next = screen.ToMS
	}
	switch {
	case next != 0:
		a.end("There is more: call again with session=%s at=%s until=%s window=%s, or with a larger budget.", r.SessionID, iso(next), iso(r.ToMS), screen.WindowID)
	case screen.ToMS < r.ToMS:
		a.end("The recording of this tab ends at %s.", iso(screen.ToMS))
	case len(entries) == 0:
		a.end("Nothing was done and nothing changed.")
	}
	return a.String(), nil
}

// screenWanted is what the arguments ask for.
func (t *tools) screenWanted(ctx context.Context, in screenArguments) (r query.ScreenRequest, err error) {
	r = query.ScreenRequest{SessionID: in.Session, WindowID: in.Window}
	if r.FromMS, err = t.instant("at", in.At); err != nil {
		return r, err
	}
	if r.ToMS, err = t.instant("until", in.Until); err != nil {
		return r, err
	}
	if in.Skip < 0 {
		return r, bad("skip must not be below 0.")
	}
	switch {
	case (in.ID == "") == (in.Session == ""):
		return r, bad("Say either session, with at, or the id of a trace or generation.")
	case in.Session != "" && r.FromMS == 0:
		return r, bad("Say at which instant: at=2026-05-04T13:30:00.250Z. The tool session lists what happened when.")
	case r.ToMS != 0 && r.FromMS == 0:
		return r, bad("until needs at: the range begins there.")
	case in.Session != "":
		return r, nil
	}
	s, err := t.subject(ctx, in.ID)
	if err != nil {
		return r, err
	}
	if s.link.State != "linked" || s.link.SessionID == nil {
		return r, bad("There is no recording of %s: %s", s.what, s.link.Detail)
	}
	r.SessionID = *s.link.SessionID
	if r.WindowID == "" {
		r.WindowID = or(s.link.WindowID, "")
	}
	if r.FromMS == 0 {
		r.FromMS = max(1, s.startMS-leadMS)
		r.ToMS = min(max(s.endMS, s.startMS)+trailMS, r.FromMS+longestRangeMS)
	}
	return r, nil
}

// instantText is the text of a page at one instant, from a character on.
func instantText(a *answer, screen *query.Screen, skip int) {
	text := screen.Text[min(skip, len(screen.Text)):]
	part, all := clip(text, a.tokensLeft()-4)
	a.fits(part)
	switch {
	case !all:
		a.end("There is more: call again with skip=%d, or with a larger budget.", min(skip, len(screen.Text))+len(part))
	case screen.Truncated:
		a.end("The page has more text than can be read.")
	case strings.TrimSpace(screen.Text) == "":
		a.end("The page had no text.")
	}
}

// screenEntries are the changes of a page, what was done meanwhile, and the AI calls with what was asked and answered.
func (t *tools) screenEntries(ctx context.Context, a *answer, screen *query.Screen, r query.ScreenRequest) (entries []entry, untilMS int64, err error) {
	entries, untilMS, err = t.activity(ctx, query.ActivityRequest{SessionID: r.SessionID, FromMS: screen.FromMS, ToMS: r.ToMS + 1}, a.tokensLeft())
	if err != nil {
		return nil, 0, err
	}
	end := r.ToMS + 1
	if untilMS != 0 { // later entries are written when reading continues from there
		end = untilMS
	}
	for i := range screen.Changes {
		if screen.Changes[i].FromMS < end {
			entries = append(entries, entry{screen.Changes[i].FromMS, changeText(&screen.Changes[i])})
		}
	}
	calls, err := t.calls(ctx, r.SessionID, screen.FromMS, end)
	if err != nil {
		return nil, 0, err
	}
	for i := range calls {
		g := &calls[i]
		text := callText(g)
		if g.StartMS < screen.FromMS {
			text += " (began at " + clock(g.StartMS) + ")"
		}
		if detail, err := t.query.Generation(ctx, t.scope, g.ID); err == nil && i < callsInFull {
			text += "\n  " + asked(&detail.Content) + "\n  " + answered(&detail.Content)
		} else {
			text += preview("asked", g.InputPreview) + preview("answered", g.OutputPreview)
		}
		entries = append(entries, entry{max(g.StartMS, screen.FromMS), text})
		if g.EndMS > g.StartMS && g.EndMS < end && g.EndMS >= screen.FromMS {
			entries = append(entries, entry{g.EndMS, "AI " + g.Kind + " " + g.ID + " ended" + suffix(state(&g.Generation))})
		}
	}
	return entries, untilMS, nil
}

const (
	// callsInFull is for how many calls in a range the messages are read.
	callsInFull = 10
	// saidTokens is how much of a question and of an answer a transcript has.
	saidTokens = 250
)

func suffix(text string) string {
	if text == "" {
		return ""
	}
	return ": " + text
}

func asked(c *query.Content) string {
	input := c.Input
	if len(c.InputLast) > 0 {
		input = c.InputLast
	}
	for i := len(input) - 1; i >= 0; i-- {
		if input[i].Role == "user" {
			return "asked: " + short(said(&input[i]), saidTokens)
		}
	}
	return "asked: (nothing that a user wrote)"
}

func answered(c *query.Content) string {
	var all []string
	for i := range c.Output {
		all = append(all, said(&c.Output[i]))
	}
	return "answered: " + short(strings.Join(all, " "), saidTokens)
}

// changedLines is how many lines of a change are written, and lineTokens how much of each.
const (
	changedLines = 40
	lineTokens   = 300
)

func changeText(c *query.ScreenChange) string {
	var b strings.Builder
	b.WriteString("screen")
	if c.AtMS > c.FromMS {
		b.WriteString(" until " + clock(c.AtMS))
	}
	if c.Goes {
		b.WriteString(", going on")
	}
	if c.URL != "" {
		b.WriteString(", now at " + c.URL)
	}
	if c.Title != "" {
		b.WriteString(", title " + strconv.Quote(short(c.Title, 40)))
	}
	b.WriteString(":")
	n := 0
	for _, side := range []struct {
		sign  string
		lines []string
	}{{"+", c.Added}, {"-", c.Removed}} {
		for _, line := range side.lines {
			if n++; n > changedLines {
				break
			}
			b.WriteString("\n  " + side.sign + " " + short(line, lineTokens))
		}
	}
	if more := len(c.Added) + len(c.Removed) - changedLines; more > 0 {
		fmt.Fprintf(&b, "\n  (and %d lines more)", more)
	}
	return b.String()
}
