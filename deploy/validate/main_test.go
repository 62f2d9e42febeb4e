package validate

import (
	"fmt"
	"os"
	"testing"
	"time"
)

// work is a directory for files that several tests share.
var work string

// TestMain lets tests run at the root of the repository.
func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) (code int) {
	err := os.Chdir("../..")
	if err == nil {
		work, err = os.MkdirTemp("", "playhead-deploy-")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(work)
	defer shared.close()
	return m.Run()
}

// eventually waits until another process has done something.
func eventually(t *testing.T, what string, true func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(time.Minute)
	for !true() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("%s: not within a minute", what)
		}
	}
}

// file reads a file of the repository.
func file(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
