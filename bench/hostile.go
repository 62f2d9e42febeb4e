package main

import (
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/playheadhq/playhead/internal/heavy"
)

// hostile has the options of the parts bodies, attack, dear and stop. Their server is always one that the bench has started itself, on this machine's
// loopback address.
type hostile struct {
	bodyMB                          int
	phase                           time.Duration
	shapes, attacks, addresses, set string
}

func (h *hostile) flags() {
	flag.IntVar(&h.bodyMB, "body-mb", 250, "decoded size of heavy bodies, in MB")
	flag.DurationVar(&h.phase, "phase", 8*time.Second, "how long a quiet time or an attack lasts")
	flag.StringVar(&h.shapes, "shapes", "", "comma-separated shapes of heavy bodies (default all of internal/heavy)")
	flag.StringVar(&h.attacks, "attacks", "", "comma-separated attacks of the part attack (default all)")
	flag.StringVar(&h.addresses, "addresses", "1,8", "from how many addresses attackers come: one figure each")
	flag.StringVar(&h.set, "set", "", "comma-separated settings of the server under attack, as limits.max_in_flight=64MiB")
}

// args are the server's arguments for the settings.
func (h *hostile) args() (args []string, err error) {
	for _, one := range listed(h.set) {
		name, value, ok := strings.Cut(one, "=")
		if !ok {
			return nil, fmt.Errorf("-set %s: want name=value", one)
		}
		args = append(args, "--"+strings.NewReplacer(".", "-", "_", "-").Replace(name), value)
	}
	return args, nil
}

func (h *hostile) chosenShapes() ([]heavy.Shape, error) {
	return chosen(heavy.Shapes, h.shapes, func(s heavy.Shape) string { return s.Name })
}

func (h *hostile) chosenAddresses() (counts []int, err error) {
	for _, one := range listed(h.addresses) {
		n, err := strconv.Atoi(one)
		if err != nil || n < 1 || n > 64 {
			return nil, fmt.Errorf("-addresses %s: want numbers from 1 to 64", h.addresses)
		}
		counts = append(counts, n)
	}
	return counts, nil
}

// chosen are the elements whose names are listed, or all. An unknown name is an error.
func chosen[T any](all []T, names string, name func(T) string) (some []T, err error) {
	asked := listed(names)
	if len(asked) == 0 {
		return all, nil
	}
	for _, one := range asked {
		i := slices.IndexFunc(all, func(t T) bool { return name(t) == one })
		if i < 0 {
			return nil, fmt.Errorf("there is no %s", one)
		}
		some = append(some, all[i])
	}
	return some, nil
}

func listed(names string) []string {
	return strings.FieldsFunc(names, func(r rune) bool { return r == ',' })
}
