package link

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/model"
)

const (
	base = int64(1_795_418_800_000) // the current time in the tests
	lead = int64(5000)
)

// tab is a window that can be shown from `from` to `to`, in ms after base.
func tab(id string, from, to int64, inputs ...int64) model.Window {
	w := model.Window{ID: id, FirstMS: base + from - 10, FirstSnapshotMS: base + from, LastMS: base + to}
	for _, at := range inputs {
		w.InputsMS = append(w.InputsMS, base+at)
	}
	return w
}

func recording(windows ...model.Window) *model.Recording {
	return &model.Recording{SessionID: "s", DistinctID: "browser", Windows: windows}
}

func TestResolve(t *testing.T) {
	blind := tab("blind", 0, 60_000)
	blind.FirstSnapshotMS = 0
	tests := []struct {
		name   string
		choice Choice
		ev     Evidence
		want   Link // Detail needs to contain this text
	}{
		{
			name:   "no session id",
			choice: Choice{StartMS: base},
			want:   Link{State: None, Reason: NoSessionID, StartMS: base, Detail: "Pass the X-POSTHOG-SESSION-ID header"},
		},
		{
			name:   "five seconds before the start, in the window that asked",
			choice: Choice{SessionID: "s", WindowID: "b", Method: Exact, StartMS: base + 30_000},
			ev:     Evidence{Recording: recording(tab("a", 0, 60_000, 29_999), tab("b", 0, 60_000))},
			want:   Link{State: Linked, Method: Exact, WindowID: "b", MomentMS: base + 25_000, StartMS: base + 30_000},
		},
		{
			name:   "no window named: the one used last before the call",
			choice: Choice{SessionID: "s", Method: Exact, StartMS: base + 30_000},
			ev: Evidence{Recording: recording(
				tab("a", 0, 60_000, 10_000, 40_000), tab("b", 0, 60_000, 28_000, 45_000), tab("c", 0, 60_000, 31_000))},
			want: Link{State: Linked, Method: Exact, WindowID: "b", MomentMS: base + 25_000, StartMS: base + 30_000},
		},
		{
			name:   "no window named: covering beats a later input elsewhere",
			choice: Choice{SessionID: "s", Method: Exact, StartMS: base + 30_000},
			ev:     Evidence{Recording: recording(tab("a", 0, 60_000, 1000), tab("b", 0, 29_000, 29_000))},
			want:   Link{State: Linked, Method: Exact, WindowID: "a", MomentMS: base + 25_000, StartMS: base + 30_000},
		},
		{
			name:   "no window covers the call: the nearest",
			choice: Choice{SessionID: "s", Method: Exact, StartMS: base + 30_000},
			ev:     Evidence{Recording: recording(tab("a", 0, 10_000), tab("b", 40_000, 60_000), tab("c", 0, 24_000))},
			want: Link{State: Linked, Method: Exact, WindowID: "c", MomentMS: base + 24_000, StartMS: base + 30_000,
				Clamped: ClampAfter, Detail: "6.0 s after the end of the recording so far"},
		},
		{
			name:   "the window named was not recorded",
			choice: Choice{SessionID: "s", WindowID: "x", Method: Exact, StartMS: base + 30_000},
			ev:     Evidence{Recording: recording(tab("a", 0, 60_000))},
			want: Link{State: Linked, Method: Exact, WindowID: "a", MomentMS: base + 25_000, StartMS: base + 30_000,
				Detail: "another tab"},
		},
		{
			name:   "the window named cannot be shown",
			choice: Choice{SessionID: "s", WindowID: "blind", Method: Exact, StartMS: base + 30_000},
			ev:     Evidence{Recording: recording(blind, tab("a", 0, 60_000))},
			want: Link{State: Linked, Method: Exact, WindowID: "a", MomentMS: base + 25_000, StartMS: base + 30_000,
				Detail: "another tab"},
		},
		{
			name:   "the call began before the recording",
			choice: Choice{SessionID: "s", WindowID: "a", Method: Exact, StartMS: base + 1000},
			ev:     Evidence{Recording: recording(tab("a", 3500, 60_000))},
			want: Link{State: Linked, Method: Exact, WindowID: "a", MomentMS: base + 3500, StartMS: base + 1000,
				Clamped: ClampBefore, Detail: "2.5 s before the recording"},
		},
		{
			name:   "only the lead lies before the recording",
			choice: Choice{SessionID: "s", WindowID: "a", Method: Exact, StartMS: base + 4000},
			ev:     Evidence{Recording: recording(tab("a", 1000, 60_000))},
			want: Link{State: Linked, Method: Exact, WindowID: "a", MomentMS: base + 1000, StartMS: base + 4000,
				Detail: "begins 3.0 s before the call"},
		},
		{
			name:   "the call began after the recording, the moment lies in it",
			choice: Choice{SessionID: "s", WindowID: "a", Method: Exact, StartMS: base + 62_000},
			ev:     Evidence{Recording: recording(tab("a", 0, 60_000))},
			want: Link{State: Linked, Method: Exact, WindowID: "a", MomentMS: base + 57_000, StartMS: base + 62_000,
				Clamped: ClampAfter, Detail: "2.0 s after"},
		},
		{
			name:   "a recording of one instant",
			choice: Choice{SessionID: "s", WindowID: "a", Method: Exact, StartMS: base},
			ev:     Evidence{Recording: recording(tab("a", 0, 0))},
			want:   Link{State: Linked, Method: Exact, WindowID: "a", MomentMS: base, StartMS: base, Detail: "begins 0.0 s before"},
		},
		{
			name:   "no full snapshot",
			choice: Choice{SessionID: "s", Method: Exact, StartMS: base + 30_000, ReceivedMS: base},
			ev:     Evidence{Recording: recording(blind), NowMS: base},
			want:   Link{State: None, Reason: NoRecording, Method: Exact, StartMS: base + 30_000, Detail: "no full snapshot"},
		},
		{
			name:   "nothing arrived yet",
			choice: Choice{SessionID: "s", WindowID: "a", Method: Inherited, StartMS: base, ReceivedMS: base},
			ev:     Evidence{NowMS: base + 10*time.Minute.Milliseconds() - 1, Status: "active"},
			want:   Link{State: Pending, Reason: NoRecordingYet, Method: Inherited, WindowID: "a", StartMS: base, Detail: "its recording has not arrived yet"},
		},
		{
			name:   "nothing arrived for ten minutes",
			choice: Choice{SessionID: "s", Method: Exact, StartMS: base, ReceivedMS: base},
			ev:     Evidence{NowMS: base + 10*time.Minute.Milliseconds(), Status: "active"},
			want:   Link{State: Pending, Reason: NoRecordingYet, Method: Exact, StartMS: base, Detail: "has not arrived for more than ten minutes, so it probably never will"},
		},
		{
			name:   "nothing arrived for nearly a day",
			choice: Choice{SessionID: "s", Method: Exact, StartMS: base, ReceivedMS: base},
			ev:     Evidence{NowMS: base + 24*time.Hour.Milliseconds() - 1, Status: "active"},
			want:   Link{State: Pending, Reason: NoRecordingYet, Method: Exact, StartMS: base, Detail: "look for requests to /s/"},
		},
		{
			name:   "nothing arrived within a day",
			choice: Choice{SessionID: "s", Method: Exact, StartMS: base, ReceivedMS: base},
			ev:     Evidence{NowMS: base + 24*time.Hour.Milliseconds(), Status: "buffering"},
			want:   Link{State: None, Reason: NoRecording, Method: Exact, StartMS: base, Detail: "within a day"},
		},
		{
			name:   "recording is switched off",
			choice: Choice{SessionID: "s", Method: Exact, StartMS: base, ReceivedMS: base},
			ev:     Evidence{NowMS: base + 60_000, Status: "disabled"},
			want:   Link{State: None, Reason: RecordingNotStarted, Method: Exact, StartMS: base, Detail: "(disabled)"},
		},
		{
			name:   "the first events of a page say disabled",
			choice: Choice{SessionID: "s", Method: Exact, StartMS: base, ReceivedMS: base},
			ev:     Evidence{NowMS: base + 59_999, Status: "disabled"},
			want:   Link{State: Pending, Reason: RecordingNotStarted, Method: Exact, StartMS: base, Detail: "first minute"},
		},
		{
			name:   "an existing recording counts, whatever the browser reported",
			choice: Choice{SessionID: "s", Method: Exact, StartMS: base + 30_000},
			ev:     Evidence{NowMS: base, Status: "disabled", Recording: recording(tab("a", 0, 60_000))},
			want:   Link{State: Linked, Method: Exact, WindowID: "a", MomentMS: base + 25_000, StartMS: base + 30_000},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.ev.LeadMS = lead
			got := Resolve(tt.choice, tt.ev)
			how := explained[tt.choice.Method]
			if !strings.HasPrefix(got.Detail, how) || !strings.Contains(got.Detail, tt.want.Detail) || tt.want.Detail == "" && got.Detail != how {
				t.Errorf("detail %q, want %q and %q", got.Detail, how, tt.want.Detail)
			}
			if want := confidences[tt.choice.Method]; got.Confidence != want {
				t.Errorf("confidence %v, want %v", got.Confidence, want)
			}
			tt.want.SessionID = tt.choice.SessionID
			got.Detail, tt.want.Detail, got.Confidence = "", "", 0
			if got != tt.want {
				t.Errorf("\ngot  %+v\nwant %+v", got, tt.want)
			}
		})
	}
}

// Each method has a confidence and a sentence, which is what a link says that has nothing unusual.
func TestMethodsAreExplained(t *testing.T) {
	sentences := map[string]Method{}
	for _, m := range []Method{Exact, Inherited, Feedback, Attribute, Request, Screen, ByPerson} {
		l := Resolve(Choice{SessionID: "s", Method: m, StartMS: base + 30_000}, Evidence{NowMS: base, LeadMS: lead, Recording: recording(tab("a", 0, 60_000))})
		if l.State != Linked || l.Confidence <= 0 || !strings.HasSuffix(l.Detail, ".") || sentences[l.Detail] != "" {
			t.Errorf("%s: %+v", m, l)
		}
		sentences[l.Detail] = m
	}
	if len(sentences) != len(confidences) || len(explained) != len(confidences) {
		t.Errorf("%d sentences for %d methods", len(explained), len(confidences))
	}
}

// TestStatuses: the result for every $recording_status of posthog-js 1.449.2 when no block has arrived.
func TestStatuses(t *testing.T) {
	for status, want := range map[string]Reason{
		"disabled": RecordingNotStarted, "missing_config": RecordingNotStarted, "rrweb_error": RecordingNotStarted,
		"paused": RecordingNotStarted, "sampled": NoRecordingYet, "active": NoRecordingYet, "buffering": NoRecordingYet,
		"lazy_loading": NoRecordingYet, "awaiting_config": NoRecordingYet, "": NoRecordingYet, "of the future": NoRecordingYet,
	} {
		ev := Evidence{NowMS: base + time.Hour.Milliseconds(), Status: status}
		c := Choice{SessionID: "s", ReceivedMS: base}
		if got := Resolve(c, ev); got.Reason != want {
			t.Errorf("%q: %s, want %s", status, got.Reason, want)
		}
		if got := Session(base, ev); got.Reason != want {
			t.Errorf("session, %q: %s, want %s", status, got.Reason, want)
		}
	}
}

// TestMomentInside: whatever is recorded and whenever the call began, a linked moment can be shown.
func TestMomentInside(t *testing.T) {
	for seed := range uint64(5000) {
		r := rand.New(rand.NewPCG(seed, 2))
		var rec model.Recording
		for range r.IntN(4) {
			w := model.Window{ID: string(rune('a' + r.IntN(4))), FirstMS: base + r.Int64N(100_000)}
			w.LastMS = w.FirstMS + r.Int64N(50_000)
			if r.IntN(4) > 0 {
				w.FirstSnapshotMS = w.FirstMS + r.Int64N(w.LastMS-w.FirstMS+1)
			}
			for at := w.FirstMS; at < w.LastMS; at += 1 + r.Int64N(20_000) {
				w.InputsMS = append(w.InputsMS, at)
			}
			rec.Windows = append(rec.Windows, w)
		}
		c := Choice{SessionID: "s", WindowID: []string{"", "a", "z"}[r.IntN(3)], Method: Exact, StartMS: base + r.Int64N(200_000) - 50_000}
		l := Resolve(c, Evidence{Recording: &rec, NowMS: base, LeadMS: r.Int64N(10_000)})
		if l.State != Linked {
			for _, w := range rec.Windows {
				if w.FirstSnapshotMS != 0 {
					t.Fatalf("seed %d: not linked, although %+v can be shown", seed, w)
				}
			}
			continue
		}
		inside := false
		for _, w := range rec.Windows {
			if w.ID != l.WindowID || w.FirstSnapshotMS == 0 {
				continue
			}
			inside = inside || l.MomentMS >= w.FirstSnapshotMS && l.MomentMS <= w.LastMS
		}
		switch {
		case !inside:
			t.Fatalf("seed %d: moment %d of %+v lies outside of %+v", seed, l.MomentMS, l, rec.Windows)
		case l.MomentMS > l.StartMS && l.Clamped != ClampBefore:
			t.Fatalf("seed %d: the moment is later than the call, and no detail says so: %+v", seed, l)
		case l.URL("") == "":
			t.Fatalf("seed %d: no address", seed)
		}
	}
}

func TestURL(t *testing.T) {
	l := Link{State: Linked, SessionID: "a/b?c", WindowID: "w&x", MomentMS: 12}
	for project, want := range map[string]string{"": "/sessions/a%2Fb%3Fc?t=12&window=w%26x", "shop & co": "/sessions/a%2Fb%3Fc?project=shop+%26+co&t=12&window=w%26x"} {
		if got := l.URL(project); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	l.State = Pending
	if l.URL("") != "" {
		t.Error("a pending link has nothing to open")
	}
}

func TestSession(t *testing.T) {
	if got := Session(base, Evidence{NowMS: base, Recording: recording(tab("a", 0, 1))}); got.State != Linked {
		t.Errorf("got %+v", got)
	}
	if got := Session(base, Evidence{NowMS: base, Recording: recording()}); got.State != None || got.Reason != NoRecording {
		t.Errorf("got %+v", got)
	}
}

func TestWindowAt(t *testing.T) {
	rec := *recording(tab("a", 0, 10), tab("b", 20, 30))
	if w := WindowAt(rec, "", base+25); w == nil || w.ID != "b" {
		t.Errorf("got %+v", w)
	}
	if w := WindowAt(rec, "a", base+25); w == nil || w.ID != "a" {
		t.Errorf("got %+v", w)
	}
	if w := WindowAt(rec, "x", base); w != nil {
		t.Errorf("got %+v", w)
	}
}

// The moment is right even if a browser's clock is an hour ahead and a backend's ten minutes behind.
func TestMomentByTheBrowsersClock(t *testing.T) {
	const hour, ten = int64(3_600_000), int64(600_000)
	for _, skew := range []int64{0, hour, -hour} {
		rec := recording(tab("w", skew, skew+60_000))
		for at := int64(0); at < 60_000; at += 5000 {
			rec.Uploads = append(rec.Uploads, model.Upload{SentMS: base + at + skew, ReceivedMS: base + at + 60})
		}
		for _, behind := range []int64{0, ten} {
			// The call began 30 s after base, by the server's clock.
			e := event(model.KindGeneration, 30_000-behind, in("s"), func(e *model.Event) {
				e.SentMS, e.ReceivedMS = base+33_000-behind, base+33_050
			})
			l := Resolve(ChooseEvent(&e, nil), Evidence{Recording: rec, LeadMS: lead, NowMS: base + hour})
			if off := l.MomentMS - (base + skew + 25_000); l.State != Linked || off > 200 || off < -200 || l.StartMS != e.StartMS {
				t.Errorf("browser %d ms ahead, backend %d ms behind: the moment is %d ms wrong: %+v", skew, behind, off, l)
			}
			if l.Clock.UncertaintyMS <= 0 || l.Clock.UncertaintyMS > 500 {
				t.Errorf("uncertainty %d ms", l.Clock.UncertaintyMS)
			}
		}
	}
}
