package posthog

import (
	"slices"
	"strings"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// custom are the properties of an event that its program made up: scalars whose names mean nothing here and are none of PostHog's, which
// begin with a dollar sign. Of those that are sent the first ones are kept, whole; what is too long is left out, because half of a value would be found
// as another one. All of them stay in the event's content.
type custom struct {
	n    int
	kept [model.MaxProperties]struct{ name, value []byte }
}

// add takes a property when it is one of these.
func (c *custom) add(name, v []byte) {
	if c.n == len(c.kept) || len(name) == 0 || name[0] == '$' || len(name)+len(v) > maxCustom {
		return
	}
	switch rawjson.KindOf(v) {
	case rawjson.String, rawjson.Number, rawjson.Bool:
		c.kept[c.n].name, c.kept[c.n].value = name, v
		c.n++
	}
}

// maxCustom is the longest that a property can be as it was sent: each character of it escaped, and the value in quotes.
const maxCustom = 6*model.MaxPropertyBytes + len(`""`)

// list is what is kept, by name. Of one that was sent twice the last counts.
func (c *custom) list() []model.Property {
	if c.n == 0 {
		return nil
	}
	// One text holds them all: an event has a dozen, and each would be two allocations.
	text := make([]byte, 0, 1024)
	var spans [model.MaxProperties]struct{ from, value, end int }
	n := 0
	for i := range c.n {
		from := len(text)
		text = rawjson.AppendText(text, c.kept[i].name)
		value := len(text)
		if v := c.kept[i].value; v[0] == '"' {
			text = rawjson.AppendText(text, v[1:len(v)-1])
		} else {
			text = append(text, v...)
		}
		if len(text)-from > model.MaxPropertyBytes || text[from] == '$' {
			text = text[:from]
			continue
		}
		spans[n] = struct{ from, value, end int }{from, value, len(text)}
		n++
	}
	if n == 0 {
		return nil
	}
	all := string(text)
	list := make([]model.Property, n)
	for i, at := range spans[:n] {
		list[i] = model.Property{Name: all[at.from:at.value], Value: all[at.value:at.end]}
	}
	slices.SortStableFunc(list, func(a, b model.Property) int { return strings.Compare(a.Name, b.Name) })
	last := list[:0]
	for i, p := range list {
		if i+1 == n || list[i+1].Name != p.Name {
			last = append(last, p)
		}
	}
	return last
}
