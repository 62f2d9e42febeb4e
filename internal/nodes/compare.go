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

// Compare finds what is wrong with all nodes, as seen by the one named self.
func Compare(self string, all []model.Node) []Warning {
	var own *model.Node
	for i := range all {
		if all[i].ID == self {
			own = &all[i]
		}
	}
	var found []Warning
	for i := range all {
		n := &all[i]
		if w, off := compareClock(n); off {
			found = append(found, w)
		}
		if own == nil || n.ID == self {
			continue
		}
		if n.Version != own.Version {
			found = append(found, Warning{KindVersion, n.ID, fmt.Sprintf(
				"Node %s runs version %s, this one %s. While both do, what is shown depends on who is asked: finish the upgrade.",
				Label(n), n.Version, own.Version), n.Version})
		}
		if differ := differing(n.Settings, own.Settings); len(differ) > 0 {
			list := strings.Join(differ, ", ")
			found = append(found, Warning{KindSettings, n.ID, fmt.Sprintf(
				"Node %s was started with other settings than this one: %s. Give all nodes the same and restart them.", Label(n), list), list})
		}
	}
	return found
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
