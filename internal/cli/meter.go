package cli

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/playheadhq/playhead/internal/archive"
)

// meter shows progress: as a bar on a terminal, otherwise as a line from time to time.
type meter struct {
	w        io.Writer
	now      func() time.Time
	terminal bool
	phase    string
	began    time.Time // of the phase
	from     archive.Progress
	shown    time.Time
	last     archive.Progress
}

func newMeter(w io.Writer, now func() time.Time) *meter {
	m := &meter{w: w, now: now}
	if f, ok := w.(*os.File); ok {
		info, err := f.Stat()
		m.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return m
}

func (m *meter) report(p archive.Progress) {
	if p.Phase != m.phase {
		m.end()
		m.phase, m.began, m.from, m.shown = p.Phase, m.now(), p, time.Time{}
	}
	m.last = p
	every := 5 * time.Second
	if m.terminal {
		every = 100 * time.Millisecond
	}
	if now := m.now(); now.Sub(m.shown) >= every {
		m.shown = now
		m.draw()
	}
}

// end shows the last state, so that a short phase is visible too.
func (m *meter) end() {
	if m.phase == "" {
		return
	}
	m.draw()
	if m.terminal {
		fmt.Fprintln(m.w)
	}
	m.phase = ""
}

func (m *meter) draw() {
	p, took := m.last, m.now().Sub(m.began)
	done := 1.0
	if p.Of > 0 {
		done = min(float64(p.Rows)/float64(p.Of), 1)
	}
	rows := p.Rows - m.from.Rows
	text := fmt.Sprintf("%3.0f%%  %s of %s events and recorded blocks, %s a second, %s/s", 100*done,
		thousands(p.Rows), thousands(p.Of), thousands(perSecond(rows, took)), bytesText(perSecond(p.Bytes-m.from.Bytes, took)))
	if left := float64(took) * float64(p.Of-p.Rows) / float64(max(rows, 1)); rows > 0 && p.Rows < p.Of {
		text += ", " + time.Duration(left).Round(time.Second).String() + " left"
	}
	if !m.terminal {
		fmt.Fprintf(m.w, "%s %s\n", p.Phase, text)
		return
	}
	const width = 20
	filled := int(done * width)
	fmt.Fprintf(m.w, "\r\x1b[K%s [%s%s] %s", p.Phase, strings.Repeat("#", filled), strings.Repeat(".", width-filled), text)
}

// thousands writes 1234567 as 1,234,567.
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func bytesText(n int64) string {
	switch {
	case n >= 1e9:
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.1f kB", float64(n)/1e3)
}
