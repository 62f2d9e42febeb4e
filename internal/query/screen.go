package query

import (
	"context"
	"slices"
	"strings"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/dom"
)

// ScreenRequest asks for what a window showed at an instant, or from one to another.
type ScreenRequest struct {
	SessionID string
	// WindowID is the tab; "" means the one that is shown at FromMS.
	WindowID string
	// FromMS is the first instant. Zero, or what is before the first full snapshot, is the first that can be shown.
	FromMS int64
	// ToMS is the last one; zero asks for FromMS alone.
	ToMS int64
}

// Screen is the page of a window as text, and how it changed, as it was recorded: what the recorder masked is masked.
type Screen struct {
	// FromMS is the instant of Text, ToMS the last one that was looked at.
	FromMS, ToMS  int64
	WindowID      string
	URL, Title    string
	Width, Height int // of the viewport, CSS pixels; 0 when unknown
	// Text is the page at FromMS as a reader sees it, see DOM.
	Text      string
	Truncated bool
	Changes   []ScreenChange
	// Cut is true when ToMS is earlier than asked for although the recording goes on: read on from there.
	Cut bool
}

// ScreenChange is a change of a page that a reader could see.
type ScreenChange struct {
	// FromMS is when it began, and AtMS when it was complete. A text that appears word by word is one change.
	FromMS, AtMS int64
	// URL and Title are the new ones, "" where they stayed.
	URL, Title string
	// Added and Removed are lines of the page's text. A line that only moved is in neither.
	Added, Removed []string
	// Goes is true when it goes on: the page had not been still for as long as a change may take.
	Goes bool
}

// Limits of one Screen.
const (
	// maxScreenMS bounds a range: playing ten minutes takes some 100 ms.
	maxScreenMS = 10 * 60_000
	// screenStepMS is how often the page is looked at. A change is complete when the page stays the same for a step, or else after longestChangeMS.
	screenStepMS    = 500
	longestChangeMS = 10_000
	// maxScreenText bounds the text that is compared. Most pages have less than 20 kB of it.
	maxScreenText = 64 << 10
	// maxScreenBytes bounds the text of all changes.
	maxScreenBytes = 1 << 20
)

// Screen returns what a window showed.
func (s *Service) Screen(ctx context.Context, scope access.Scope, r ScreenRequest) (Screen, error) {
	switch {
	case r.ToMS != 0 && r.ToMS < r.FromMS:
		return Screen{}, badInput("until", "until must be later than at.")
	case r.ToMS != 0 && r.FromMS != 0 && r.ToMS-r.FromMS > maxScreenMS:
		return Screen{}, badInput("until", "A range has at most %d minutes. Choose a shorter one.", maxScreenMS/60_000)
	}
	rec, err := s.recorded(ctx, scope, r.SessionID, r.WindowID, r.FromMS)
	if err != nil {
		return Screen{}, err
	}
	from := max(r.FromMS, rec.window.FirstSnapshotMS)
	until := max(from, min(r.ToMS, rec.window.LastMS, from+maxScreenMS))
	src := rec.source(ctx, until)
	defer src.Close()
	w := screenWatch{Screen: Screen{FromMS: from, ToMS: until, WindowID: rec.window.ID}}
	seen := false
	whole, err := s.checkpoints.Pages(ctx, src, rec.key(), rec.rows, from, until, screenStepMS, func(page *dom.Tree, atMS int64) bool {
		seen = true
		return w.see(page, atMS)
	})
	if err != nil {
		return Screen{}, wrap(err, "read recording of session "+r.SessionID)
	}
	if !seen {
		return Screen{}, notFound("The page of session %q cannot be made at this instant: its full snapshot is damaged, or the page is larger than a browser could show.", r.SessionID)
	}
	if whole && w.size <= maxScreenBytes {
		w.flush(w.lastMS, false)
	} else {
		w.ToMS, w.Cut = w.lastMS, true
	}
	return w.Screen, nil
}

// screenWatch finds the changes of a page.
type screenWatch struct {
	Screen
	// url, title and lines are what was told last; newest is what the page has now.
	url, title string
	lines      []string
	newest     snapshotOfText
	// fromMS is when the change that is not told yet began, 0 for none; lastMS is when the page was looked at last.
	fromMS, lastMS int64
	size           int
}

type snapshotOfText struct {
	url, title, text string
}

func (w *screenWatch) see(page *dom.Tree, atMS int64) bool {
	text, whole := page.TextUpTo(maxScreenText)
	now := snapshotOfText{page.URL(), page.Title(), text}
	if w.lastMS == 0 {
		w.URL, w.Title, w.Text, w.Truncated = now.url, now.title, text, !whole
		w.Width, w.Height = page.Size()
		w.url, w.title, w.lines, w.newest = now.url, now.title, textLines(text), now
		w.lastMS = atMS
		return true
	}
	if w.fromMS != 0 && (now == w.newest || atMS-w.lastMS > screenStepMS) {
		w.flush(w.lastMS, false)
	}
	if now != w.newest {
		if w.fromMS == 0 {
			w.fromMS = atMS
		}
		w.newest = now
		if atMS-w.fromMS >= longestChangeMS {
			w.flush(atMS, true)
		}
	}
	w.lastMS = atMS
	return w.size <= maxScreenBytes
}

// flush tells what changed since it was told last.
func (w *screenWatch) flush(atMS int64, goes bool) {
	if w.fromMS == 0 {
		return
	}
	lines := textLines(w.newest.text)
	c := ScreenChange{FromMS: w.fromMS, AtMS: atMS, Goes: goes, Added: without(lines, w.lines), Removed: without(w.lines, lines)}
	if w.newest.url != w.url {
		c.URL = w.newest.url
	}
	if w.newest.title != w.title {
		c.Title = w.newest.title
	}
	w.url, w.title, w.lines, w.fromMS = w.newest.url, w.newest.title, lines, 0
	if c.URL == "" && c.Title == "" && len(c.Added)+len(c.Removed) == 0 {
		return // lines only moved, or all is as before
	}
	for _, line := range slices.Concat(c.Added, c.Removed) {
		w.size += len(line)
	}
	w.Changes = append(w.Changes, c)
}

func textLines(text string) (lines []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// without are the lines of one list that another does not have, as often as it lacks them.
func without(lines, others []string) (rest []string) {
	count := map[string]int{}
	for _, line := range others {
		count[line]++
	}
	for _, line := range lines {
		if count[line]--; count[line] < 0 {
			rest = append(rest, line)
		}
	}
	return rest
}
