// Package storetest is the suite that every implementation of package store passes. It compares values, not counts, and
// knows the port alone.
//
// A backend joins with an entry in the table of internal/store/conformance_test.go: a Factory, twenty lines, and what it may differ in. Which
// backends run is said in PLAYHEAD_TEST_BACKENDS, a list of names with commas between; one that is unknown, or asked
// for and then not run, fails the run.
package storetest

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/playheadhq/playhead/internal/store"
)

// Factory makes an empty place for data and returns a function that opens it. The suite closes what it opened before
// it opens the same data again.
type Factory func(t *testing.T) (open func(t *testing.T) store.Store)

// Backend is an implementation under test. The zero values of what backends may differ in run everything.
type Backend struct {
	Factory Factory
	// CountsWithinBatch: Committed tells what is stored already from what is new only within one batch. No less must be
	// stored once.
	CountsWithinBatch bool
	// SeenInParts: until a commit is acknowledged readers may be shown a part of its batch, as one shard has it before
	// another. From then on no less than all of it.
	SeenInParts bool
	// Retained makes an empty place whose rows are dropped after the days that are said, opens it, and returns also what drops at once
	// whatever is due. It must be set.
	Retained func(t *testing.T, after store.Retention) (s store.Store, drop func(*testing.T))
}

// committed compares what a commit said it stored.
func (b Backend) committed(t *testing.T, what string, got, want store.Committed) {
	t.Helper()
	if b.CountsWithinBatch {
		same(t, what+", rows", got.Events+got.Blocks+got.Duplicates, want.Events+want.Blocks+want.Duplicates)
		return
	}
	same(t, what, got, want)
}

// Env names the backends that are to run.
const Env = "PLAYHEAD_TEST_BACKENDS"

// Backends runs the suite against those of the known backends that Env asks for, or the default ones when it is not set.
func Backends(t *testing.T, known map[string]Backend, byDefault ...string) {
	asked := byDefault
	if list := os.Getenv(Env); list != "" {
		asked = strings.Split(list, ",")
	}
	ran := map[string]bool{}
	for _, name := range asked {
		backend, ok := known[name]
		if !ok {
			t.Errorf("%s asks for %q, which is no backend", Env, name)
			continue
		}
		t.Run(name, func(t *testing.T) {
			Run(t, backend)
			ran[name] = true
		})
	}
	for _, name := range asked {
		if !ran[name] {
			t.Errorf("backend %q was asked for and did not run to its end", name)
		}
	}
	if len(asked) == 0 {
		t.Error("no backend was asked for")
	}
}

// Run runs the suite. Every test gets data of its own.
func Run(t *testing.T, b Backend) {
	tests := map[string]func(*testing.T, Factory){
		"Empty":               testEmpty,
		"RoundTrip":           testRoundTrip,
		"ZeroValues":          testZeroValues,
		"Once":                func(t *testing.T, _ Factory) { testOnce(t, b) },
		"OnceByTwo":           func(t *testing.T, _ Factory) { testOnceByTwo(t, b) },
		"Resent":              testResent,
		"Reopen":              testReopen,
		"Cancelled":           testCancelled,
		"ReadersSeeWhole":     func(t *testing.T, _ Factory) { testReadersSeeWhole(t, b) },
		"Lists":               func(t *testing.T, f Factory) { Lists(t, f(t)(t)) },
		"TraceSums":           testTraceSums,
		"Summaries":           func(t *testing.T, f Factory) { Summaries(t, f(t)(t)) },
		"TraceEvents":         testTraceEvents,
		"SessionSums":         testSessionSums,
		"SessionEvents":       testSessionEvents,
		"Recordings":          testRecordings,
		"RecordingStatuses":   testRecordingStatuses,
		"Hostile":             testHostile,
		"People":              testPeople,
		"Refusals":            testRefusals,
		"Totals":              testTotals,
		"ManyInOneCommit":     testMany,
		"ContentWithoutEvent": testContentWithoutEvent,
		"Scattered":           testScattered,
		"Relocate":            testRelocate,
		"Retention":           func(t *testing.T, _ Factory) { testRetention(t, b) },
		"Projects":            testProjects,
		"Dump":                testDump,
		"Stored":              testStored,
		"Nodes":               testNodes,
		"Links":               testLinks,
		"Subjects":            testSubjects,
		"Costs":               testCosts,
		"Among":               testAmong,
		"Dear":                testDear,
		"Language":            func(t *testing.T, f Factory) { Language(t, opened(t, f)) },
	}
	names := make([]string, 0, len(tests))
	for name := range tests {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		t.Run(name, func(t *testing.T) { tests[name](t, b.Factory) })
	}
}
