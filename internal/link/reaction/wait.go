package reaction

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/playheadhq/playhead/internal/model"
)

const (
	// nearMS is how far in time from a click its effect on the selection is recorded, and how far apart the clicks of one rage may be.
	nearMS = 1000
	// burstMS is how long somebody who rages may go on clicking.
	burstMS = 5000
	// mostNear bounds how many rows around a row are read, so that a recording made to have a million rows at one instant takes no longer.
	mostNear = 4096
	// tripleClicks select a paragraph. More than these are rage even if they select something.
	tripleClicks = 3
	// loadMS is how long after a page was hidden a new page may be recorded in its window, if the old page was hidden because the new one was loaded.
	loadMS = 15_000
	// closingMS is how long a window that closes may still record something after it was hidden.
	closingMS = 2000
	// leavingMS: a user left if the session ended within this time after the last words or, if there were none, after asking.
	leavingMS = 15_000
)

// waiting adds what the user did between asking and the last words.
func (a *about) waiting() {
	for i := a.index(a.asked); i < len(a.Activity); i++ {
		r := &a.Activity[i]
		if r.AtMS > a.until+loadMS {
			break
		}
		if a.WindowID != "" && r.WindowID != a.WindowID {
			continue
		}
		if isReload(r) {
			if a.has(model.SignalReloaded) {
				continue
			}
			if at := a.reloadBegan(r); at >= a.asked && at <= a.until {
				a.add(model.SignalReloaded, at, fmt.Sprintf("Reloaded the page %s after asking.", a.after(at)))
			}
			continue
		}
		if r.AtMS > a.until {
			continue
		}
		switch {
		case !a.has(model.SignalRaged) && a.rages(r):
			a.add(model.SignalRaged, r.AtMS, fmt.Sprintf("Clicked again and again%s, %s after asking.", on(r), a.after(r.AtMS)))
		case !a.has(model.SignalDeadClick) && a.isDead(r):
			a.add(model.SignalDeadClick, r.AtMS, fmt.Sprintf("Clicked%s without any effect, %s after asking.", on(r), a.after(r.AtMS)))
		case r.Kind == model.ActivityTabHidden && a.switched(i):
			a.add(model.SignalSwitchedAway, r.AtMS, fmt.Sprintf("Went to another tab or window %s after asking.", a.after(r.AtMS)))
		}
	}
	for _, at := range a.ScrolledAwayMS {
		if at >= a.asked && at <= a.until {
			a.add(model.SignalScrolledAway, at, fmt.Sprintf("Scrolled away from the answer %s after asking.", a.after(at)))
		}
	}
	if at := a.stopped(); at > 0 {
		a.add(model.SignalStopped, at, fmt.Sprintf("Stopped the answer %s after asking.", a.after(at)))
	}
}

// on names what was clicked.
func on(r *model.Activity) string {
	if r.Label == "" {
		return ""
	}
	return " on " + quoted(r.Label)
}

// index is the index of the first activity at or after a time.
func (a *about) index(ms int64) int {
	i, _ := slices.BinarySearchFunc(a.Activity, ms, func(r model.Activity, ms int64) int { return cmp.Compare(r.AtMS, ms) })
	return i
}

// near calls each with the activity of r's window that began shortly before or after r, r included.
func (a *about) near(r *model.Activity, each func(o *model.Activity)) {
	from := a.index(r.AtMS - nearMS)
	for i := from; i < min(len(a.Activity), from+mostNear) && a.Activity[i].AtMS <= r.AtMS+nearMS; i++ {
		if o := &a.Activity[i]; o.WindowID == r.WindowID {
			each(o)
		}
	}
}

// fields are the roles and tags of elements in which several clicks select text, and single ones place the caret.
var fields = map[string]bool{"textbox": true, "searchbox": true, "combobox": true, "input": true, "textarea": true, "select": true}

func isRage(r *model.Activity) bool {
	return r.Kind == model.ActivityRageClick || r.Kind == model.ActivityClick && r.Rage
}

// rages reports whether r is a rage click. Three clicks that select a paragraph look the same, but are no rage.
func (a *about) rages(r *model.Activity) bool {
	if !isRage(r) || fields[r.Detail] {
		return false
	}
	clicks, selects := 0, false
	a.near(r, func(o *model.Activity) {
		if o.Kind == model.ActivityClick && o.Node == r.Node {
			clicks++
		}
		selects = selects || o.Kind == model.ActivitySelection
	})
	return !selects || clicks > tripleClicks
}

// isDead reports whether nothing followed a click, neither on the page nor in the selection. Clicks of a rage are reported as rage, and the click that
// asked is not a click of somebody who waits.
func (a *about) isDead(r *model.Activity) bool {
	if r.Kind != model.ActivityDeadClick && !(r.Kind == model.ActivityClick && r.Dead) || fields[r.Detail] || r.AtMS == a.asked {
		return false
	}
	if raged, known := a.signals[model.SignalRaged]; known && r.AtMS <= raged.AtMS+burstMS {
		return false
	}
	dead := true
	a.near(r, func(o *model.Activity) { dead = dead && o.Kind != model.ActivitySelection && !isRage(o) })
	return dead
}

// isReload reports whether a window shows the same address again in a new page, as package activity determined.
func isReload(r *model.Activity) bool {
	return r.Kind == model.ActivityNavigation && r.Detail == model.DetailReload
}

// reloadBegan returns when the user reloaded, which is when the old page was hidden. The new page is recorded only after it has loaded.
func (a *about) reloadBegan(r *model.Activity) int64 {
	at := a.index(r.AtMS)
	for i := at - 1; i >= max(0, at-mostNear) && a.Activity[i].AtMS >= r.AtMS-loadMS; i-- {
		if o := &a.Activity[i]; o.WindowID == r.WindowID {
			if o.Kind == model.ActivityTabHidden {
				return o.AtMS
			}
			if o.Kind == model.ActivityTabVisible || isReload(o) {
				break
			}
		}
	}
	return r.AtMS
}

// What a window that was hidden did next.
type outcome int

const (
	closed   outcome = iota // nothing: it closed, or nobody came back to it
	stayed                  // it stayed open, and nobody came back to it
	returned                // the user came back
	replaced                // another page was loaded in it
)

// outcomes returns what a window did next, by the index of the activity that hid it.
func (a *about) outcomes() map[int]outcome {
	type later struct{ loadedMS, backMS int64 } // the next page, and the next act of the user, after the activity that is looked at
	all, windows := map[int]outcome{}, map[string]*later{}
	for i := len(a.Activity) - 1; i >= 0; i-- {
		r := &a.Activity[i]
		w := windows[r.WindowID]
		if w == nil {
			w = &later{}
			windows[r.WindowID] = w
		}
		switch r.Kind {
		case model.ActivityNavigation:
			w.loadedMS = r.AtMS
		case model.ActivityTabVisible, model.ActivityClick, model.ActivityKey, model.ActivityInput, model.ActivityCopy, model.ActivitySelection:
			w.backMS = r.AtMS
		case model.ActivityTabHidden:
			switch {
			case w.loadedMS > 0 && w.loadedMS <= r.AtMS+loadMS && (w.backMS == 0 || w.loadedMS <= w.backMS):
				all[i] = replaced
			case w.backMS > 0:
				all[i] = returned
			case a.WindowsEndMS[r.WindowID] > r.AtMS+closingMS:
				all[i] = stayed
			default:
				all[i] = closed
			}
		}
	}
	return all
}

// switched reports whether the user went elsewhere when the i-th activity hid the window. Closing the window or loading another page in it does not count.
func (a *about) switched(i int) bool {
	switch a.hidden[i] {
	case returned, stayed:
		return true
	case replaced:
		return false
	}
	r := &a.Activity[i]
	for window, endMS := range a.WindowsEndMS {
		if window != r.WindowID && endMS > r.AtMS+closingMS {
			return true // the session goes on in another window
		}
	}
	return false
}

// leaving adds a signal if the user left soon after the answer and asked nothing more.
func (a *about) leaving() {
	if a.SessionOverMS == 0 || len(a.Next) > 0 || len(a.WindowsEndMS) == 0 {
		return
	}
	left := int64(0)
	for window := range a.WindowsEndMS {
		left = max(left, a.leftWindow(window))
	}
	since, of := a.asked, "asking"
	switch {
	case a.Seen.LastWordsMS > 0:
		since, of = a.Seen.LastWordsMS, "the last words"
	case a.Seen.State == model.SeenUnknown || a.Seen.State == "":
		since, of = max(a.EndMS, a.asked), "the end of the call"
	}
	if left >= a.asked && left-since <= leavingMS {
		a.add(model.SignalLeft, left, fmt.Sprintf("Left %s after %s and asked nothing more.", seconds(left-since), of))
	}
}

// leftWindow returns when the user was last in a window: when it closed, or when it was hidden for good.
func (a *about) leftWindow(window string) int64 {
	left := a.WindowsEndMS[window]
	for i := len(a.Activity) - 1; i >= 0; i-- {
		r := &a.Activity[i]
		if r.WindowID != window || r.Kind != model.ActivityTabHidden {
			continue
		}
		if o := a.hidden[i]; o != closed && o != stayed {
			break
		}
		left = r.AtMS // it may have been hidden for a while before it closed
	}
	return left
}
