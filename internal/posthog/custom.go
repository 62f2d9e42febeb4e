package posthog

import (
	"slices"
	"strings"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// custom are the properties that an application added to an event: scalars whose names have no meaning here and do not begin with a dollar sign, as
// PostHog's own do. The first ones are kept, whole. Long values are left out, because half a value would match another value in a filter. All of them
// remain in the event's content.
type custom struct {
	n    int
	kept [model.MaxProperties]struct{ name, value []byte }
}

// add keeps a property if it is a custom one.
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

// maxCustom is the longest possible form of such a property as sent: each character escaped, and the value in quotes.
const maxCustom = 6*model.MaxPropertyBytes + len(`""`)

// list returns the kept properties by name. If one was sent twice, the last one counts.
func (c *custom) list() []model.Property {
	if c.n == 0 {
		return nil
	}
	// One string contains all of them. An event has a dozen, and each would be two allocations.
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
