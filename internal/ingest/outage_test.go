package ingest

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestAnOutageIsToldOfOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		o := outage{log: slog.New(slog.NewTextHandler(&log, nil)), what: "events cannot be stored", over: "events are stored again"}
		says := func(lines int, last string) {
			t.Helper()
			if said := log.String(); strings.Count(said, "\n") != lines || !strings.HasSuffix(said, last+"\n") {
				t.Errorf("want %d lines, the last with %s; got\n%s", lines, last, said)
			}
		}
		o.succeeded()
		away := errors.New("away")
		for range 100 * 150 { // a hundred a second for 150 s
			o.failed(3, away)
			time.Sleep(10 * time.Millisecond)
		}
		says(3, `msg="events cannot be stored; their senders will retry" requests=3 failures=12001 for=2m0s error=away`)
		o.succeeded()
		says(4, `msg="events are stored again" failures=15000 after=2m30s`)
		time.Sleep(quietFor)
		for range 100 { // storage fails and recovers
			o.failed(1, away)
			o.succeeded()
		}
		says(6, `msg="events are stored again" failures=1 after=0s`)
	})
}
