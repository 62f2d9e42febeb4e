package seen

import "sort"

// span is a part of a text, from its from-th character up to its to-th.
type span struct{ from, to int32 }

// growth is a part of a text that was there for the first time. It may have been there up to late milliseconds before, without the recorder noticing.
type growth struct {
	span
	at, late int64
}

// cover holds which parts of a text were there at some time, and since when. A part that comes again keeps its first time.
type cover struct {
	spans []span // in order, with a gap between each two
	log   []growth
}

// add adds a part that is there at a time.
func (c *cover) add(from, to int32, at, late int64) {
	i := len(c.spans)
	if i > 0 && c.spans[i-1].to >= from { // a text that grows at its end needs no search
		i--
		if c.spans[i].from > from {
			i = sort.Search(len(c.spans), func(i int) bool { return c.spans[i].to >= from })
		}
	}
	first, start, end := i, from, to
	for ; i < len(c.spans) && c.spans[i].from <= to; i++ {
		s := c.spans[i]
		if from < s.from {
			c.note(growth{span{from, s.from}, at, late})
		}
		from, start, end = max(from, s.to), min(start, s.from), max(end, s.to)
	}
	if from < to {
		c.note(growth{span{from, to}, at, late})
	}
	switch {
	case i == first+1:
		c.spans[first] = span{start, end}
	case i == first:
		c.spans = append(c.spans, span{})
		copy(c.spans[first+1:], c.spans[first:])
		c.spans[first] = span{start, end}
	default:
		c.spans[first] = span{start, end}
		c.spans = append(c.spans[:first+1], c.spans[i:]...)
	}
}

// note adds to the log and keeps it in the order of time. Almost everything comes in that order.
func (c *cover) note(g growth) {
	c.log = append(c.log, g)
	for i := len(c.log) - 1; i > 0 && c.log[i-1].at > g.at; i-- {
		c.log[i-1], c.log[i] = g, c.log[i-1]
	}
}

// size returns how many characters were there.
func (c *cover) size() (n int) {
	for _, s := range c.spans {
		n += int(s.to - s.from)
	}
	return n
}

// weight returns how many of the characters that must be shown were there, and their weight.
func (c *cover) weight(w *wording) (chars, weight int) {
	for _, s := range c.spans {
		for i := int(s.from); i < int(s.to); i++ {
			if w.must(i) {
				chars++
				weight += weigh(w.runes[i : i+1])
			}
		}
	}
	return chars, weight
}

// end returns the end of the last part.
func (c *cover) end() int32 {
	if len(c.spans) == 0 {
		return 0
	}
	return c.spans[len(c.spans)-1].to
}

// overlaps reports whether anything between from and to was there.
func (c *cover) overlaps(from, to int32) bool {
	i := sort.Search(len(c.spans), func(i int) bool { return c.spans[i].to > from })
	return i < len(c.spans) && c.spans[i].from < to
}

// has reports whether everything between from and to was there.
func (c *cover) has(from, to int32) bool {
	i := sort.Search(len(c.spans), func(i int) bool { return c.spans[i].to >= to })
	return i < len(c.spans) && c.spans[i].from <= from
}

// first returns when the first part came, and how much earlier that may have been; 0 if nothing came.
func (c *cover) first() (at, late int64) {
	if len(c.log) == 0 {
		return 0, 0
	}
	return c.log[0].at, c.log[0].late
}

// last returns the same for the last part.
func (c *cover) last() (at, late int64) {
	if len(c.log) == 0 {
		return 0, 0
	}
	g := c.log[len(c.log)-1]
	return g.at, g.late
}
