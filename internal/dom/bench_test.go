package dom_test

import (
	"testing"

	"github.com/playheadhq/playhead/internal/dom"
)

// BenchmarkApply replays a recording. Bytes are those of its events; tree-B is the size of the page at the end.
func BenchmarkApply(b *testing.B) {
	for _, name := range []string{"minute", "churn", "rich"} {
		b.Run(name, func(b *testing.B) {
			events := eventsOf(b, name)
			size := int64(0)
			for _, e := range events {
				size += int64(len(e.line))
			}
			b.SetBytes(size)
			b.ReportAllocs()
			var tree *dom.Tree
			for b.Loop() {
				tree = dom.New(dom.Limits{})
				for _, e := range events {
					if err := tree.Apply(e.line); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(events)), "ns/event")
			b.ReportMetric(float64(tree.Bytes()), "tree-B")
		})
	}
}

// BenchmarkSnapshot makes a checkpoint of the page at the end of a recording.
func BenchmarkSnapshot(b *testing.B) {
	for _, name := range []string{"minute", "rich"} {
		b.Run(name, func(b *testing.B) {
			tree := dom.New(dom.Limits{})
			for _, e := range eventsOf(b, name) {
				if err := tree.Apply(e.line); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
			var lines []byte
			for b.Loop() {
				var err error
				if lines, err = tree.Snapshot(0); err != nil {
					b.Fatal(err)
				}
			}
			b.SetBytes(int64(len(lines)))
		})
	}
}

// BenchmarkText reads the text of the page at the end of a recording.
func BenchmarkText(b *testing.B) {
	tree := dom.New(dom.Limits{})
	for _, e := range eventsOf(b, "minute") {
		if err := tree.Apply(e.line); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		tree.Text()
	}
}
