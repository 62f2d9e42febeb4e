//go:build cgo

package duckdb

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/store"
)

// These variables are set for a process that is to be killed: see victim.
const (
	victimDir  = "PLAYHEAD_TEST_VICTIM"
	victimSeed = "PLAYHEAD_TEST_SEED"
)

// victim commits until it is killed, with a checkpoint every few commits, and prints after each commit how many events were acknowledged so far.
func victim(dir string, seed uint64) error {
	ctx := context.Background()
	s, err := Open(ctx, Options{Dir: dir, MinFreeBytes: -1, CheckpointBytes: 300 << 10})
	if err != nil {
		return err
	}
	traffic := newTraffic(seed)
	acked := 0
	fmt.Println(acked)
	for n := 1; ; n++ {
		size := 1 + traffic.random.IntN(40)
		if _, err := s.Commit(ctx, traffic.batch(size)); err != nil {
			return err
		}
		acked += size
		fmt.Println(acked)
		if n%7 == 0 {
			s.rest()
		}
	}
}

// TestKilled: if a process is killed at any moment, in a commit or a checkpoint, the next start reports nothing about its files, and finds everything
// that it acknowledged.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	var stored, ackedSince, unknown int64 // it is not known whether a commit without an answer is stored
	for round := range long(20, 500) {
		process := exec.Command(os.Args[0])
		process.Env = append(os.Environ(), victimDir+"="+dir, victimSeed+"="+strconv.Itoa(round+1))
		process.Stderr = t.Output()
		out, err := process.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := process.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		if !lines.Scan() {
			t.Fatalf("round %d: it did not open what the one before left", round)
		}
		time.AfterFunc(time.Duration(rand.IntN(300))*time.Millisecond, func() { process.Process.Kill() })
		acked := int64(0)
		for lines.Scan() { // to the end; the last line may be incomplete
			if n, err := strconv.ParseInt(lines.Text(), 10, 64); err == nil {
				acked = max(acked, n)
			}
		}
		_ = process.Wait() // it was killed, so the error is expected
		ackedSince += acked
		if unknown += 40; round%2 == 0 {
			continue // the next process opens what this one left
		}
		s, err := Open(t.Context(), Options{Dir: dir})
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		totals, err := s.Totals(t.Context(), project)
		if err != nil {
			t.Fatal(err)
		}
		if totals.Events < stored+ackedSince || totals.Events > stored+ackedSince+unknown {
			t.Fatalf("round %d: %d events, %d were acknowledged before and %d since", round, totals.Events, stored, ackedSince)
		}
		stored, ackedSince, unknown = totals.Events, 0, 0
		// Each event of the traffic has a text, which may have been packed when the process was killed.
		for next, more := "", true; more; more = next != "" {
			var b *store.Batch
			if b, next, err = s.Dump(t.Context(), next, 5000); err != nil {
				t.Fatal(err)
			}
			if len(b.Contents) != len(b.Events) {
				t.Fatalf("round %d: %d of %d events have their text", round, len(b.Contents), len(b.Events))
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d events", stored)
}
