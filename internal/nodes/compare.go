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

// toleranceMS is how far a clock may be off: with more, a moment in a replay would be another one by the node that took it.
const toleranceMS = 2000

// Warning says what is wrong with a node.
type Warning struct {
	Kind Kind
	Node string // its id
	// Detail is a sentence or two for people: what differs and what to do.
	Detail string
	what   string // what differs, apart from how much
}

// key is the same for as long as the same is wrong.
func (w *Warning) key() string { return string(w.Kind) + " " + w.Node + " " + w.what }

// Compare finds what is wrong with all nodes. Every node finds the same: behind a load balancer nobody knows who was asked.
// Right is what most have, and among equally many what the one that was started first has.
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
				"Node %s runs version %s, node %s version %s. While both do, what is shown depends on who is asked: finish the upgrade.",
				Label(n), n.Version, Label(version), version.Version), n.Version})
		}
		if differ := differing(n.Settings, settings.Settings); len(differ) > 0 {
			list := strings.Join(differ, ", ")
			found = append(found, Warning{KindSettings, n.ID, fmt.Sprintf(
				"Node %s was started with other settings than node %s: %s. Give all nodes the same and restart them.",
				Label(n), Label(settings), list), list})
		}
	}
	return found
}

// usual is the node that the others are compared with: the one started first of those of which there are most alike. Nil without any.
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
		"The clock of node %s is %.1f s %s the storage's. Times that it gives to events are wrong by that: let both machines keep time by NTP.",
		Label(n), float64(off)/1000, way), way}, true
}

// differing names the settings that are not the same, those that only one of the two knows among them.
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
