package nodes

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/playheadhq/playhead/internal/model"
)

// Kind sorts warnings.
type Kind string

// Kinds.
const (
	KindClock    Kind = "clock"
	KindVersion  Kind = "version"
	KindSettings Kind = "settings"
)

// toleranceMS is how far a clock may be off: with more, moments in a replay would depend on the server that received the event.
const toleranceMS = 2000

// Warning is a problem of a server.
type Warning struct {
	Kind Kind
	Node string // its id
	// Detail is a sentence or two for people: what differs and what to do.
	Detail string
	what   string // what differs, apart from how much
}

// key is the same as long as the problem is the same.
func (w *Warning) key() string { return string(w.Kind) + " " + w.Node + " " + w.what }

// Compare finds the problems of all servers. Every server finds the same ones, because behind a load balancer any of them may
// answer. The values of the majority count as right, and in a tie those of the server that was started first.
func Compare(all []model.Node) []Warning {
	version := usual(all, func(a, b *model.Node) bool { return a.Version == b.Version })
	settings := usual(all, func(a, b *model.Node) bool { return maps.Equal(a.Settings, b.Settings) })
	var found []Warning
	for i := range all {
		n := &all[i]
		if w, off := compareClock(n); off {
			found = append(found, w)
		}
		if n.Version != version.Version {
			found = append(found, Warning{KindVersion, n.ID, fmt.Sprintf(
				"Server %s runs version %s, server %s version %s. Until the upgrade is finished, answers depend on the server: finish it.",
				Label(n), n.Version, Label(version), version.Version), n.Version})
		}
		if differ := differing(n.Settings, settings.Settings); len(differ) > 0 {
			list := strings.Join(differ, ", ")
			found = append(found, Warning{KindSettings, n.ID, fmt.Sprintf(
				"Server %s has other settings than server %s: %s. Give all servers the same settings and restart them.",
				Label(n), Label(settings), list), list})
		}
	}
	return found
}

// usual returns the server that the others are compared with: the one of the majority that was started first. Nil without servers.
func usual(all []model.Node, alike func(a, b *model.Node) bool) *model.Node {
	var best *model.Node
	most := 0
	for i := range all {
		n, same := &all[i], 0
		for j := range all {
			if alike(n, &all[j]) {
				same++
			}
		}
		if same > most || same == most && earlier(n, best) {
			best, most = n, same
		}
	}
	return best
}

func earlier(a, b *model.Node) bool {
	return a.StartedMS < b.StartedMS || a.StartedMS == b.StartedMS && a.ID < b.ID
}

func compareClock(n *model.Node) (Warning, bool) {
	off := max(n.ClockMS, -n.ClockMS)
	if off <= toleranceMS+n.ClockErrorMS {
		return Warning{}, false
	}
	way := "ahead of"
	if n.ClockMS < 0 {
		way = "behind"
	}
	return Warning{KindClock, n.ID, fmt.Sprintf(
		"The clock of server %s is %.1f s %s the storage's, and the times that it gives to events are wrong by as much. Synchronise both machines by NTP.",
		Label(n), float64(off)/1000, way), way}, true
}

// differing returns the names of settings that differ, including those that only one of the two has.
func differing(a, b map[string]string) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(a)) {
		if a[name] != b[name] {
			names = append(names, name)
		}
	}
	for name := range b {
		if _, known := a[name]; !known {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
