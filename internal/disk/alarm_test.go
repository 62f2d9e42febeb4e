package disk

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestAlarm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var a Alarm
		full, still := errors.New("full"), errors.New("still full")
		probes, says := 0, still
		check := func(what string, want error, probed int) {
			t.Helper()
			got := a.Check(t.Context(), func(context.Context) error { probes++; return says })
			if !errors.Is(got, want) || (want == nil) != (got == nil) || probes != probed {
				t.Errorf("%s: %v after %d probes, want %v after %d", what, got, probes, want, probed)
			}
		}
		check("at first", nil, 0)
		a.End()
		check("after a write", nil, 0)
		a.Raise(full)
		check("at once", full, 0)
		time.Sleep(probeEvery)
		check("later", still, 1)
		check("at once after a probe", full, 1)
		time.Sleep(probeEvery)
		says = nil
		check("with room", nil, 2)
		time.Sleep(time.Hour)
		check("and from then on", nil, 2)
		a.Raise(full)
		a.End()
		check("after a write", nil, 2)
	})
}
