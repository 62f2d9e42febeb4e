package activity

import (
	"slices"

	"github.com/playheadhq/playhead/internal/model"
)

const (
	// answerMS is how long the page has to react to a click. A click without a reaction in this time is dead.
	answerMS = 1000
	// rageMS is the time within which rageClicks on one spot are rage; spot is how far apart they may be, in pixels.
	rageMS     = 1000
	rageClicks = 3
	spot       = 30
	// requestMS is how long after a click a request may still be reported that began within answerMS of the click.
	requestMS = 60_000
	// maxClicks is how many clicks are remembered: more than a person makes in a minute.
	maxClicks = 128
)

// click is a click of which it may still change whether it is dead.
type click struct {
	row       model.Activity
	at, batch int // where the row is in out, as long as it was not taken
	x, y      float64
	answered  bool
	// mayBeDead is false for elements that react in ways that are not recorded: a field gets the caret.
	mayBeDead bool
	// ofRage means that the click belongs to a rage that is reported already.
	ofRage bool
}

// click reads a click.
func (t *Track) click(line int, ms, node int64, x, y float64) {
	a, ok := t.row(line, 0, ms, model.ActivityClick)
	if !ok {
		return
	}
	t.about(a, node)
	a.Detail = t.page.Role(node)
	c := click{row: *a, at: len(t.out) - 1, batch: t.batch, x: x, y: y, mayBeDead: !answersUnseen[a.Detail]}
	if t.rages(&c) {
		c.row.Rage = true
		a.Rage = true
	}
	if len(t.clicks) == maxClicks {
		t.clicks = slices.Delete(t.clicks, 0, maxClicks/2)
	}
	t.clicks = append(t.clicks, c)
}

// answersUnseen are roles and tags of elements whose reaction to a click no event shows.
var answersUnseen = map[string]bool{
	"textbox": true, "searchbox": true, "combobox": true, "listbox": true, "slider": true, "spinbutton": true, "input": true, "textarea": true, "select": true,
	"option": true, "label": true, "video": true, "audio": true, "iframe": true, "canvas": true, "summary": true,
}

// rages reports whether c is the third click within a second on one spot. The clicks that follow belong to the same rage, and for them it returns false.
func (t *Track) rages(c *click) bool {
	near := 1
	goesOn := false
	for i := len(t.clicks) - 1; i >= 0; i-- {
		o := &t.clicks[i]
		if o.row.AtMS > c.row.AtMS || c.row.AtMS-o.row.AtMS > rageMS {
			break
		}
		if dx, dy := o.x-c.x, o.y-c.y; dx*dx+dy*dy > spot*spot {
			break
		}
		near++
		goesOn = goesOn || o.ofRage
	}
	if goesOn {
		c.ofRage = true
		return false
	}
	c.ofRage = near >= rageClicks
	return c.ofRage
}

// followed notes that the page did something at a time.
func (t *Track) followed(ms int64) {
	for i := len(t.clicks) - 1; i >= 0; i-- {
		c := &t.clicks[i]
		if ms-c.row.AtMS > requestMS {
			return
		}
		if ms < c.row.AtMS || ms-c.row.AtMS > answerMS || c.answered {
			continue
		}
		c.answered = true
		if c.row.Dead { // a request is reported when it has ended
			c.row.Dead = false
			t.again(c)
		}
	}
}

// settle notes that it is ms now: clicks that nothing followed within their time are dead.
func (t *Track) settle(ms int64) {
	old := 0
	for i := range t.clicks {
		c := &t.clicks[i]
		if ms-c.row.AtMS > answerMS && c.mayBeDead && !c.answered && !c.row.Dead {
			c.row.Dead = true
			t.again(c)
		}
		if ms-c.row.AtMS > requestMS && old == i {
			old++
		}
	}
	if old > 0 {
		t.clicks = slices.Delete(t.clicks, 0, old)
	}
}

// again writes the row of a click once more, because it has changed.
func (t *Track) again(c *click) {
	c.row.DerivedMS = t.of.DerivedMS
	if c.batch == t.batch {
		t.out[c.at] = c.row
		return
	}
	t.out = append(t.out, c.row)
	c.at, c.batch = len(t.out)-1, t.batch
}
