package blockstest

import (
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/playheadhq/playhead/internal/blocks"
)

// Env names the implementations to test, separated by commas: "dir,s3". By default only dir runs: s3 needs a server, which is
// built from its sources on the first run.
const Env = "PLAYHEAD_TEST_BLOCKS"

// Asked reports whether tests of an implementation should run.
func Asked(name string) bool {
	list := os.Getenv(Env)
	if list == "" {
		return name == "dir"
	}
	return slices.Contains(strings.Split(list, ","), name)
}

// Backends runs the suite against those of the known implementations that Env asks for. The test fails if Env asks for an unknown implementation, or
// for one that then did not run.
func Backends(t *testing.T, known map[string]Factory) {
	asked := []string{"dir"}
	if list := os.Getenv(Env); list != "" {
		asked = strings.Split(list, ",")
	}
	for _, name := range asked {
		factory, ok := known[name]
		if !ok {
			t.Errorf("%s asks for %q, which is not a block store", Env, name)
			continue
		}
		ran := false
		t.Run(name, func(t *testing.T) {
			var opened sync.Once
			Run(t, func(t *testing.T) func(*testing.T) blocks.Store {
				open := factory(t)
				return func(t *testing.T) blocks.Store {
					s := open(t)
					opened.Do(func() { ran = true })
					return s
				}
			})
		})
		if !ran {
			t.Errorf("block store %q was asked for and did not run", name)
		}
	}
}
