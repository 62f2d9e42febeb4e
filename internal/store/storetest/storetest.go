// Package storetest is the suite that every implementation of package store must pass. It compares values, not counts, and uses only the port.
//
// A backend joins with an entry in the table of internal/store/conformance_test.go: a Factory of twenty lines, and its permitted differences.
// PLAYHEAD_TEST_BACKENDS lists the backends to run, separated by commas. If a backend is unknown, or is listed and did not run, the run fails.
package storetest

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/playheadhq/playhead/internal/store"
)

// Factory makes an empty place for data and returns a function that opens it. The suite closes the store before it opens the same data again.
type Factory func(t *testing.T) (open func(t *testing.T) store.Store)

// Backend is an implementation under test. The zero values of the permitted differences run all tests.
type Backend struct {
	Factory Factory
	// CountsWithinBatch: Committed counts duplicates only within one batch. Each row must still be stored only once.
	CountsWithinBatch bool
	// SeenInParts: until a commit is acknowledged, readers may see a part of its batch, because one shard has it before another. Afterwards they must
	// see all of it.
	SeenInParts bool
	// Parallel: tests run at the same time, because most of their time is a server's.
	Parallel bool
	// Retained makes an empty place whose rows are dropped after the given days, opens it, and also returns a function that drops at once whatever is
	// due. It must be set.
	Retained func(t *testing.T, after store.Retention) (s store.Store, drop func(*testing.T))
}

// committed compares the result of a commit.
func (b Backend) committed(t *testing.T, what string, got, want store.Committed) {
	t.Helper()
	if b.CountsWithinBatch {
		same(t, what+", rows", got.Events+got.Blocks+got.Duplicates, want.Events+want.Blocks+want.Duplicates)
		return
	}
	same(t, what, got, want)
}

// Env is the variable with the names of the backends to run.
const Env = "PLAYHEAD_TEST_BACKENDS"

// Backends runs the suite against the known backends that Env lists, or the default ones if it is not set.
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

// Run runs the suite. Every test gets its own data.
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
		"Saved":               testSaved,
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
		"Experiences":         testExperiences,
		"Unexperienced":       testUnexperienced,
		"Costs":               testCosts,
		"Reports":             testReports,
		"Activity":            testActivity,
		"ActivityOfLists":     testActivityOfLists,
		"Clues":               testClues,
		"Recognized":          testRecognized,
		"Among":               testAmong,
		"Hours":               testHours,
		"Read":                testRead,
		"Dear":                testDear,
		"Large":               testLarge,
		"Language":            func(t *testing.T, f Factory) { Language(t, opened(t, f)) },
	}
	names := make([]string, 0, len(tests))
	for name := range tests {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			if b.Parallel {
				t.Parallel()
			}
			tests[name](t, b.Factory)
		})
	}
}
