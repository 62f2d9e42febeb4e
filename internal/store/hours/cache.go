package hours

import (
	"math"
	"sync"
)

// Cache has the kept hours. The zero Cache is empty. Its methods are safe for concurrent use.
type Cache struct {
	mu sync.Mutex
	// sets are the hours by project and kind of sums.
	sets map[setOf]*set
	// refused are sets for which there was no room beside others in use, with the value of asked until which they are not kept.
	refused map[setOf]int64
	// kept is the number of hours in all sets, bytes their size, and asked a counter of accesses.
	kept, bytes, asked int64
	reading            map[*reading]bool
}

// setOf identifies the hours of one project that have the same sums.
type setOf struct{ project, sums string }

type set struct {
	all   map[int64]*hour
	bytes int64
	// asked is the value of Cache.asked at the last access.
	asked int64
}

// hour has the sums of one hour, or of a piece of it: a part for each value of the field by which they are grouped. It has none if nothing happened.
type hour struct {
	parts []*part
	stamp Stamp
}

// Stamp changes if any row of an hour changes. A storage without stamps reports changes; its stamps are all equal.
type Stamp struct{ Events, Links RowsStamp }

// RowsStamp is the stamp of the rows of one table.
type RowsStamp struct{ Rows, Versions uint64 }

// times is the range from <= t < to, in Unix milliseconds.
type times struct{ from, to int64 }

// reading records which hours change while hours are read.
type reading struct {
	project string
	changed map[int64]bool
	all     bool
}

const (
	hourMS = 3_600_000
	// mostHours and mostBytes limit what is kept, for all projects together. With the measures of an overview an hour has some 3 kB, and 8 bytes for
	// each trace and person in it.
	mostHours = 20_000
	mostBytes = 96 << 20
	// leastHours is the minimum length of a range: shorter ranges read few row groups, and have exact percentiles.
	leastHours = 24
	// inUse is how many accesses ago a set was last asked for, at most, if it is not dropped for another one: two sets that do not fit beside each other
	// would otherwise be read again each time. A set that finds no room is not kept for the next refusedFor accesses.
	inUse, refusedFor = 32, 1000
	// mostMissing is how many ranges are read separately: finding a few row groups takes some milliseconds for each.
	mostMissing = 6
)

func hourOf(ms int64) int64 { return ms - (ms%hourMS+hourMS)%hourMS }

// refuses reports whether there was no room for a set.
func (c *Cache) refuses(of setOf) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	until, refused := c.refused[of]
	if refused {
		c.asked++
		if c.asked > until {
			delete(c.refused, of)
		}
	}
	return refused
}

// refuse does not keep a set for a while.
func (c *Cache) refuse(of setOf) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.refused == nil {
		c.refused = map[setOf]int64{}
	}
	c.refused[of] = c.asked + refusedFor
}

// begin returns the kept hours of a range of time that have these stamps, and the pieces of the range that are missing.
func (c *Cache) begin(of setOf, in times, stamps map[int64]Stamp) (known map[int64]*hour, missing []times, r *reading) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked++
	s := c.sets[of]
	if s != nil {
		s.asked = c.asked
	}
	known = map[int64]*hour{}
	for at := in.from; at < in.to; {
		begins := hourOf(at)
		next := min(begins+hourMS, in.to)
		var kept *hour
		if s != nil && begins == at && next == begins+hourMS {
			kept = s.all[at]
		}
		if kept != nil && kept.stamp == stamps[at] {
			known[at] = kept
		} else if n := len(missing); n > 0 && missing[n-1].to == at {
			missing[n-1].to = next
		} else {
			missing = append(missing, times{at, next})
		}
		at = next
	}
	if len(missing) > mostMissing {
		missing = []times{{missing[0].from, missing[len(missing)-1].to}}
	}
	r = &reading{project: of.project, changed: map[int64]bool{}}
	if c.reading == nil {
		c.reading = map[*reading]bool{}
	}
	c.reading[r] = true
	return known, missing, r
}

// end keeps the hours that were read completely and have not changed meanwhile. A nil read means that reading failed.
func (c *Cache) end(of setOf, in times, r *reading, read map[int64]*hour) {
	if full := c.keep(of, in, r, read); full {
		c.refuse(of)
	}
}

// keep is end; full means that there was no room.
func (c *Cache) keep(of setOf, in times, r *reading, read map[int64]*hour) (full bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.reading, r)
	if _, refused := c.refused[of]; refused || r.all || len(read) == 0 {
		return false
	}
	if c.sets == nil {
		c.sets = map[setOf]*set{}
	}
	s := c.sets[of]
	if s == nil {
		s = &set{all: map[int64]*hour{}, asked: c.asked}
		c.sets[of] = s
	}
	for at, x := range read {
		if at < in.from || at+hourMS > in.to || r.changed[at] {
			continue
		}
		c.forget(s, at)
		s.all[at] = x
		c.count(s, 1, x.bytes())
	}
	for (c.kept > mostHours || c.bytes > mostBytes) && c.sets[of] != nil {
		oldest, asked := of, int64(math.MaxInt64)
		for other, x := range c.sets {
			if x.asked < asked {
				oldest, asked = other, x.asked
			}
		}
		if oldest == of || asked > c.asked-inUse {
			oldest, full = of, true
		}
		c.drop(oldest)
	}
	return full
}

func (c *Cache) count(s *set, hours int, bytes int64) {
	c.kept += int64(hours)
	c.bytes += bytes
	s.bytes += bytes
}

func (c *Cache) forget(s *set, at int64) {
	if x := s.all[at]; x != nil {
		delete(s.all, at)
		c.count(s, -1, -x.bytes())
	}
}

func (c *Cache) drop(of setOf) {
	s := c.sets[of]
	c.count(s, -len(s.all), -s.bytes)
	delete(c.sets, of)
}

// Changed drops the hours in which new or changed rows began.
func (c *Cache) Changed(project string, beganMS []int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.sets)+len(c.reading) == 0 {
		return
	}
	last := int64(1) // no hour begins at this time
	for _, ms := range beganMS {
		at := hourOf(ms)
		if at == last {
			continue
		}
		last = at
		for of, s := range c.sets {
			if of.project == project {
				c.forget(s, at)
			}
		}
		for r := range c.reading {
			if r.project == project {
				r.changed[at] = true
			}
		}
	}
}

// Clear drops all hours of a project; "" means all projects.
func (c *Cache) Clear(project string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for of := range c.sets {
		if project == "" || of.project == project {
			c.drop(of)
		}
	}
	for of := range c.refused {
		if project == "" || of.project == project {
			delete(c.refused, of)
		}
	}
	for r := range c.reading {
		r.all = r.all || project == "" || r.project == project
	}
}

// Kept returns how many hours are kept.
func (c *Cache) Kept() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.kept
}
