package hours

import (
	"testing"
)

const project = "main"

// TestHourChangesWhileRead: an hour that changes while it is read is not kept; all others are.
func TestHourChangesWhileRead(t *testing.T) {
	var c Cache
	of, in := setOf{project, "count"}, times{hourMS / 2, 4*hourMS + 1}
	read := func(changed ...int64) (missing []times) {
		_, missing, r := c.begin(of, in, nil)
		c.Changed(project, changed)
		c.Changed("another", []int64{hourMS, 2 * hourMS, 3 * hourMS})
		all := map[int64]*hour{}
		for _, m := range missing {
			for at := hourOf(m.from); at < m.to; at += hourMS {
				all[at] = &hour{}
			}
		}
		c.end(of, in, r, all)
		return missing
	}
	if missing := read(2*hourMS + 7); len(missing) != 1 || missing[0] != in {
		t.Errorf("missing at first: %v", missing)
	}
	// Incomplete hours are read each time.
	if missing := read(); len(missing) != 3 || missing[1] != (times{2 * hourMS, 3 * hourMS}) || c.Kept() != 3 {
		t.Errorf("missing after a change while reading: %v, kept are %d", missing, c.Kept())
	}
	c.Changed("another", []int64{hourMS})
	if c.Kept() != 3 {
		t.Error("another project's change")
	}
	c.Clear(project)
	if missing := read(); len(missing) != 1 || c.Kept() != 3 {
		t.Errorf("missing after all were forgotten: %v", missing)
	}
}

// TestStamps: an hour is read again if its stamp differs from the one it had when it was read.
func TestStamps(t *testing.T) {
	var c Cache
	of, in := setOf{project, "count"}, times{0, 3 * hourMS}
	stamps := map[int64]Stamp{hourMS: {Events: RowsStamp{1, 7}}}
	read := func() (missing []times) {
		_, missing, r := c.begin(of, in, stamps)
		all := map[int64]*hour{}
		for _, m := range missing {
			for at := m.from; at < m.to; at += hourMS {
				all[at] = &hour{stamp: stamps[at]}
			}
		}
		c.end(of, in, r, all)
		return missing
	}
	read()
	if missing := read(); len(missing) != 0 {
		t.Errorf("missing without a change: %v", missing)
	}
	stamps[hourMS] = Stamp{Events: RowsStamp{2, 20}}
	stamps[2*hourMS] = Stamp{Links: RowsStamp{1, 5}}
	if missing := read(); len(missing) != 1 || missing[0] != (times{hourMS, 3 * hourMS}) {
		t.Errorf("missing after two hours have changed: %v", missing)
	}
	delete(stamps, hourMS)
	if missing := read(); len(missing) != 1 || missing[0] != (times{hourMS, 2 * hourMS}) || c.Kept() != 3 {
		t.Errorf("missing after the rows of an hour were dropped: %v", missing)
	}
}

// TestRoom: sets that do not fit beside each other do not replace each other again and again, and an unused set makes room.
func TestRoom(t *testing.T) {
	var c Cache
	in := times{0, 2 * hourMS}
	large := func() *hour { return &hour{parts: []*part{{values: [][]uint64{make([]uint64, mostBytes/8/3)}}}} }
	read := func(of setOf) (kept bool) {
		if c.refuses(of) {
			return false
		}
		_, missing, r := c.begin(of, in, nil)
		all := map[int64]*hour{}
		for _, m := range missing {
			for at := m.from; at < m.to; at += hourMS {
				all[at] = large()
			}
		}
		c.end(of, in, r, all)
		return len(missing) == 0
	}
	a, b := setOf{project, "a"}, setOf{project, "b"}
	read(a)
	for range 3 {
		if !read(a) {
			t.Error("a set is dropped that is in use")
		}
		if read(b) {
			t.Error("a set is kept that has no room")
		}
	}
	c.Clear(project)
	read(b)
	for range inUse + 1 {
		c.begin(setOf{project, "small"}, in, nil)
	}
	read(a)
	if !read(a) {
		t.Error("an unused set makes no room")
	}
	if c.bytes > mostBytes || c.Kept() != 2 {
		t.Errorf("%d bytes of %d hours are kept", c.bytes, c.Kept())
	}
}
