package cli

import (
	"runtime/debug"
	"testing"

	"github.com/playheadhq/playhead/internal/config"
)

func TestMemoryIsLimited(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	t.Cleanup(func() { debug.SetMemoryLimit(before) })
	c := config.Default()
	limitMemory(c, []string{"GOMEMLIMIT=1GiB"})
	if now := debug.SetMemoryLimit(-1); now != before {
		t.Errorf("the limit is %d although the environment has one", now)
	}
	limitMemory(c, []string{"HOME=/root"})
	if now := debug.SetMemoryLimit(-1); now != 336<<20 {
		t.Errorf("the limit is %d MiB", now>>20)
	}
}
