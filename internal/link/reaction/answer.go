package reaction

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/playheadhq/playhead/internal/model"
)

const (
	// leastCopied is how long a copied text must be to be recognised in the answer, in characters. Shorter texts are in most answers. In dense scripts,
	// where a character says more, leastDense characters are enough.
	leastCopied, leastDense = 12, 4
	// mostAnswer is how much of an answer is searched for what was copied, in characters.
	mostAnswer = 200_000
	// runWords is the number of words in the runs that holds compares; mostRuns is the share of a copied text's runs that must be in the answer.
	runWords, mostRuns = 4, 0.6
	// selectedMS is how long before a copy the copied text may have been selected.
	selectedMS = 10 * 60_000
)

// pressable are the roles and tags of elements that users press.
var pressable = map[string]bool{"button": true, "a": true, "link": true, "menuitem": true, "menuitemradio": true, "switch": true, "checkbox": true, "radio": true, "tab": true, "summary": true, "input": true}

// inAnswer adds signals for what the user did in the answer and with the controls beside it.
func (a *about) inAnswer() {
	from := max(a.asked, a.Seen.FirstWordsMS)
	answer := ""
	selection := map[string]*model.Activity{} // the last of each window
	for i := range a.Activity {
		r := &a.Activity[i]
		if r.Kind == model.ActivitySelection {
			selection[r.WindowID] = r
		}
		if r.AtMS < from {
			continue
		}
		switch r.Kind {
		case model.ActivitySelection:
			if a.inside(r) {
				a.add(model.SignalSelected, r.AtMS, "Selected text of the answer.")
			}
		case model.ActivityCopy:
			if a.has(model.SignalCopied) {
				continue
			}
			if answer == "" {
				answer = wordsUpTo(a.Answer, mostAnswer)
			}
			if a.copies(r, selection[r.WindowID], answer) {
				detail := "Copied text of the answer."
				if r.Label != "" {
					detail = fmt.Sprintf("Copied %s from the answer.", quoted(r.Label))
				}
				a.add(model.SignalCopied, r.AtMS, detail)
			}
		case model.ActivityClick:
			a.clicks(r)
		}
	}
}

// known reports whether the element number of r still means the same element as when the answer was shown: a reload gives elements new numbers.
func (a *about) known(r *model.Activity) bool {
	loaded := a.loaded[r.WindowID]
	return r.Node != 0 && (loaded == 0 || r.AtMS < loaded)
}

func (a *about) inside(r *model.Activity) bool { return a.known(r) && a.Inside(r.WindowID, r.Node) }
func (a *about) beside(r *model.Activity) bool { return a.known(r) && a.Beside(r.WindowID, r.Node) }

// copies reports whether r copied text of the answer. The element decides if it is known, otherwise what was selected before, otherwise the copied text.
func (a *about) copies(r, selection *model.Activity, answer string) bool {
	if r.Node != 0 {
		return a.inside(r)
	}
	if selection != nil && r.AtMS-selection.EndMS > selectedMS {
		selection = nil
	}
	if selection != nil && a.inside(selection) {
		return true
	}
	text := words(r.Label)
	if n := utf8.RuneCountInString(text); n < leastDense || n < leastCopied && !hasDense(text) {
		return false
	}
	return holds(answer, text) && !holds(words(a.Question), text)
}

// holds reports whether a text contains part or, if part is long, most of its runs of words. What a page shows differs from what the model wrote, which
// has the addresses of links in it.
func holds(text, part string) bool {
	if strings.Contains(text, part) {
		return true
	}
	all := strings.Fields(part)
	if len(all) < 2*runWords {
		return false
	}
	found, runs := 0, 0
	for i := 0; i+runWords <= len(all); i++ {
		runs++
		if strings.Contains(text, strings.Join(all[i:i+runWords], " ")) {
			found++
		}
	}
	return float64(found) >= mostRuns*float64(runs)
}

// clicks adds the signal for a click in the answer or on a control beside it.
func (a *about) clicks(r *model.Activity) {
	inside, beside := a.inside(r), a.beside(r)
	if !inside && !beside || inside && !beside && !pressable[r.Detail] {
		return
	}
	where := "beside"
	if inside {
		where = "in"
	}
	pressed := fmt.Sprintf("Pressed %s %s the answer.", quoted(r.Label), where)
	switch controlOf(r.Label) {
	case controlCopy:
		a.add(model.SignalCopied, r.AtMS, pressed)
	case controlUp:
		a.opine(model.SignalThumbsUp, r.AtMS, pressed)
	case controlDown:
		a.opine(model.SignalThumbsDown, r.AtMS, pressed)
	case controlRetry:
		if r.AtMS > a.answered {
			a.add(model.SignalRetried, r.AtMS, pressed)
		}
	case controlOther:
		if inside && (r.Detail == "a" || r.Detail == "link") {
			detail := "Followed a link of the answer."
			if r.Label != "" {
				detail = fmt.Sprintf("Followed the link %s of the answer.", quoted(r.Label))
			}
			a.add(model.SignalFollowedLink, r.AtMS, detail)
		}
	}
}

// opine keeps the last opinion, because a user who presses the other thumb means that one.
func (a *about) opine(kind string, atMS int64, detail string) {
	old := &a.thumbs
	if old.Kind == "" || atMS > old.AtMS || atMS == old.AtMS && (kind > old.Kind || kind == old.Kind && detail < old.Detail) {
		*old = model.Signal{Kind: kind, AtMS: atMS, Detail: detail}
	}
}
