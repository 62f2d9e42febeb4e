package cli

import (
	"strings"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/archive"
)

func TestMeter(t *testing.T) {
	var out strings.Builder
	now := time.Unix(0, 0)
	m := newMeter(&out, func() time.Time { return now })
	for i := range 11 {
		m.report(archive.Progress{Phase: "import", Rows: int64(i) * 1000, Of: 20_000, Bytes: int64(i) * 1e6})
		now = now.Add(time.Second)
	}
	m.report(archive.Progress{Phase: "check", Rows: 20_000, Of: 20_000})
	m.end()
	want := `import   0%  0 of 20,000 events and recorded blocks, 0 a second, 0.0 kB/s
import  25%  5,000 of 20,000 events and recorded blocks, 1,000 a second, 1.0 MB/s, 15s left
import  50%  10,000 of 20,000 events and recorded blocks, 1,000 a second, 1.0 MB/s, 10s left
import  50%  10,000 of 20,000 events and recorded blocks, 909 a second, 909.1 kB/s, 11s left
check 100%  20,000 of 20,000 events and recorded blocks, 0 a second, 0.0 kB/s
check 100%  20,000 of 20,000 events and recorded blocks, 0 a second, 0.0 kB/s
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &out, want)
	}
}

func TestMeterOnATerminal(t *testing.T) {
	var out strings.Builder
	now := time.Unix(0, 0)
	m := newMeter(&out, func() time.Time { return now })
	m.terminal = true
	m.report(archive.Progress{Phase: "export", Of: 10})
	now = now.Add(time.Second)
	m.report(archive.Progress{Phase: "export", Rows: 5, Of: 10})
	m.end()
	if got := out.String(); !strings.Contains(got, "\r\x1b[Kexport [##########..........]  50%") || !strings.HasSuffix(got, "\n") || strings.Count(got, "\n") != 1 {
		t.Errorf("got %q", got)
	}
}

func TestThousands(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "-1,000", -999: "-999"} {
		if got := thousands(n); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
}
