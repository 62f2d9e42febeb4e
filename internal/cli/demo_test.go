package cli

import (
	"bytes"
	"regexp"
	"testing"

	"github.com/playheadhq/playhead/internal/demo"
)

// The terminal shows the history's progress in four lines, and then the things that are worth seeing; a later start shows only the latter.
func TestTheHistorysProgressIsPrinted(t *testing.T) {
	finds := []demo.Find{{Title: "The slow afternoon", Path: "/generations?q=latency%3A%3E15s"}}
	end := "Thirty days of made-up history are there(, sent in [0-9.]+ s)?\\. Three things in them are worth seeing:\n\n" +
		"  The slow afternoon\n  http://p.test/generations\\?q=latency%3A%3E15s\n\n$"
	var out bytes.Buffer
	p := progress{out: &out, server: "http://p.test"}
	p.tell(demo.State{Sent: 1})
	for _, sent := range []float64{0, 0.1, 0.2, 0.26, 0.3, 0.8, 0.9, 1, 1} {
		p.tell(demo.State{Sent: sent, Finds: finds})
	}
	line := "Sending thirty days of made-up history: "
	if want := "^" + line + "0 %\n" + line + "25 %\n" + line + "75 %\n" + end; !regexp.MustCompile(want).MatchString(out.String()) {
		t.Errorf("printed:\n%s", &out)
	}
	out.Reset()
	p = progress{out: &out, server: "http://p.test"}
	p.tell(demo.State{Sent: 1, Finds: finds})
	if !regexp.MustCompile("^" + end).MatchString(out.String()) {
		t.Errorf("a later start printed:\n%s", &out)
	}
}
