package clickhouse

import (
	"context"
	"math/rand/v2"
	"sync/atomic"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store/hours"
	"github.com/playheadhq/playhead/internal/store/table"
)

// stamps are the stamps of the hours of parts. ClickHouse stores rows in parts, which never change: inserts, merges, and deletions by age make new ones
// with names of their own. So the rows of each part are read once, and later only the names of the parts.
type stamps struct {
	// turn is held by the one reader at a time: others then find what it has read.
	turn chan struct{}
	// asked counts those who ask and listings; last is the latest listing.
	asked atomic.Int64
	last  listing
	parts map[part][]hourRows
	// kept is the number of hours in all parts.
	kept int
}

// mostPartHours limits the hours of parts that are kept, of 24 bytes each.
const mostPartHours = 1 << 20

// part identifies the rows that one part has of a project. source is eventParts or linkParts, shard 0 if there is only one server.
type part struct {
	project string
	source  uint8
	shard   uint32
	name    string
}

const eventParts, linkParts = 0, 1

// listing has the parts of a project. begun is its number among those who ask and listings.
type listing struct {
	project string
	begun   int64
	parts   []part
}

type hourRows struct {
	hourMS int64
	hours.RowsStamp
}

func newStamps() *stamps { return &stamps{turn: make(chan struct{}, 1), parts: map[part][]hourRows{}} }

// of returns the stamps of the hours of a project in a range of time that begins and ends with an hour.
func (s *stamps) of(ctx context.Context, conn driver.Conn, project string, fromMS, toMS int64) (map[int64]hours.Stamp, error) {
	arrived := s.asked.Add(1)
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	defer func() { <-s.turn }()
	project = table.Clean(project)
	listed, err := s.listed(project, arrived, func() (listed []part, err error) {
		v := values{"project": project, "rules": int32(model.LinkRules)}
		err = query(ctx, conn, "hours_parts", v, func(r driver.Rows) error {
			p := part{project: project}
			err := r.Scan(&p.source, &p.shard, &p.name)
			listed = append(listed, p)
			return err
		})
		if err != nil {
			return nil, err
		}
		return listed, s.read(ctx, conn, v, listed)
	})
	if err != nil {
		return nil, err
	}
	all := map[int64]hours.Stamp{}
	for _, p := range listed {
		rows, found := s.parts[p]
		if !found {
			// It has been merged meanwhile, or another replica answered that does not have it yet: any hour may have changed.
			rows = rows[:0]
			for at := fromMS; at < toMS; at += 3_600_000 {
				rows = append(rows, hourRows{at, hours.RowsStamp{Versions: rand.Uint64()}})
			}
		}
		for _, h := range rows {
			if h.hourMS < fromMS || h.hourMS >= toMS {
				continue
			}
			stamp := all[h.hourMS]
			to := &stamp.Events
			if p.source == linkParts {
				to = &stamp.Links
			}
			to.Rows += h.Rows
			to.Versions += h.Versions
			all[h.hourMS] = stamp
		}
	}
	return all, nil
}

// listed returns the parts of a project, from the latest listing if that began after the caller had arrived, for whom it is as good as its own: the
// values of five fields are counted at the same time, and then listed the parts one after the other, 20 ms each for a million generations.
func (s *stamps) listed(project string, arrived int64, list func() ([]part, error)) ([]part, error) {
	if s.last.project == project && s.last.begun > arrived {
		return s.last.parts, nil
	}
	begun := s.asked.Add(1)
	parts, err := list()
	if err == nil {
		s.last = listing{project, begun, parts}
	}
	return parts, err
}

// read reads the parts that are not kept. Those that no longer exist stay missing.
func (s *stamps) read(ctx context.Context, conn driver.Conn, v values, listed []part) error {
	names := [2][]string{{}, {}}
	for _, p := range listed {
		if _, found := s.parts[p]; !found {
			names[p.source] = append(names[p.source], p.name)
		}
	}
	if len(names[eventParts])+len(names[linkParts]) == 0 {
		return nil
	}
	read := map[part][]hourRows{}
	v["event_parts"], v["link_parts"] = names[eventParts], names[linkParts]
	err := query(ctx, conn, "hours_stamps", v, func(r driver.Rows) error {
		p, h := part{project: listed[0].project}, hourRows{}
		err := r.Scan(&p.source, &p.shard, &p.name, &h.hourMS, &h.Rows, &h.Versions)
		if read[p] == nil {
			read[p] = []hourRows{}
		}
		if h.Rows > 0 {
			read[p] = append(read[p], h)
		}
		return err
	})
	if err != nil {
		return err
	}
	for p, rows := range read {
		s.kept += len(rows) - len(s.parts[p]) // a part of the same name may be on another shard
		s.parts[p] = rows
	}
	if s.kept > mostPartHours {
		s.keep(listed)
	}
	return nil
}

// keep drops all parts but these.
func (s *stamps) keep(these []part) {
	kept := map[part][]hourRows{}
	s.kept = 0
	for _, p := range these {
		if rows, found := s.parts[p]; found {
			kept[p] = rows
			s.kept += len(rows)
		}
	}
	s.parts = kept
}
