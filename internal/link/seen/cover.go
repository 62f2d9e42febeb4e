package seen

import "sort"

// span is a part of a text, from its from-th character up to its to-th.
type span struct{ from, to int32 }

// growth is a part of a text that was there for the first time. It may have been there for late milliseconds already, unseen by the recorder.
type growth struct {
	span
	at, late int64
}

// cover is which parts of a text were there at some time, and since when. What comes again is not a second time.
type cover struct {
	spans []span // in order, with something between them
	log   []growth
}

// add says that a part is there.
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

// note keeps the log in the order of time, in which almost everything comes.
func (c *cover) note(g growth) {
	c.log = append(c.log, g)
	for i := len(c.log) - 1; i > 0 && c.log[i-1].at > g.at; i-- {
		c.log[i-1], c.log[i] = g, c.log[i-1]
	}
}

// size is how many characters there were.
func (c *cover) size() (n int) {
	for _, s := range c.spans {
		n += int(s.to - s.from)
	}
	return n
}

// weight is how much of a text, of what must be shown, there was.
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

// end is up to where there was something.
func (c *cover) end() int32 {
	if len(c.spans) == 0 {
		return 0
	}
	return c.spans[len(c.spans)-1].to
}

// overlaps says whether a part of what is from from to to was there.
func (c *cover) overlaps(from, to int32) bool {
	i := sort.Search(len(c.spans), func(i int) bool { return c.spans[i].to > from })
	return i < len(c.spans) && c.spans[i].from < to
}

// first is when the first part came, and how much earlier that may have been; 0 for never.
func (c *cover) first() (at, late int64) {
	if len(c.log) == 0 {
		return 0, 0
	}
	return c.log[0].at, c.log[0].late
}

// last is when the last part came.
func (c *cover) last() (at, late int64) {
	if len(c.log) == 0 {
		return 0, 0
	}
	g := c.log[len(c.log)-1]
	return g.at, g.late
}
