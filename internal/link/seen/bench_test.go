package seen

import (
	"bufio"
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/rawjson"
	"github.com/playheadhq/playhead/internal/replay"
	"github.com/playheadhq/playhead/internal/testfile"
	"github.com/playheadhq/playhead/internal/zipf"
)

// recorded are the events of a recording that posthog-js made in a browser, in order of time.
func recorded(t testing.TB, name string) (events [][]byte) {
	t.Helper()
	if name == "minute" {
		files, err := filepath.Glob("../../../bench/data/minute/*.gz")
		if err != nil || len(files) == 0 {
			t.Fatal(err, files)
		}
		for _, f := range files {
			for item := range rawjson.Items(testfile.Unzipped(t, f)) {
				if rawjson.Text(rawjson.Member(item, "event")) != "$snapshot" {
					continue
				}
				encoded, err := replay.NewEncoder(nil, nil).Encode(rawjson.Path(item, "properties", "$snapshot_data"))
				if err != nil {
					t.Fatal(err)
				}
				lines, err := replay.Decode(encoded.Body)
				if err != nil {
					t.Fatal(err)
				}
				for _, line := range lines.All() {
					events = append(events, line)
				}
			}
		}
	} else {
		lines := bufio.NewScanner(bytes.NewReader(testfile.Unzipped(t, "../../dom/testdata/"+name+".events.gz")))
		lines.Buffer(nil, 64<<20)
		for lines.Scan() {
			events = append(events, bytes.Clone(lines.Bytes()))
		}
	}
	slices.SortStableFunc(events, func(a, b []byte) int { return int(timeOf(a) - timeOf(b)) })
	return events
}

func timeOf(event []byte) int64 { return whole(rawjson.Member(event, "timestamp")) }

// In the recording of a real browser, the answers of a chat have the times of their first and last words. Each has 40 words, one each 25
// milliseconds; one of them is written anew as markup for each word.
func TestRecordedChat(t *testing.T) {
	events := recorded(t, "chat")
	words := strings.Split("Your **order** left the <warehouse> this morning & should arrive on “Thursday” 📦 .", " ")
	var answers []Answer
	for turn, count := range []int{40, 39 % len(words), 40} {
		var b strings.Builder
		for i := range count {
			b.WriteString(words[i%len(words)] + " ")
		}
		start := timeOf(events[0])
		for _, e := range events {
			if bytes.Contains(e, fmt.Appendf(nil, "question %d", turn)) {
				start = timeOf(e)
				break
			}
		}
		answers = append(answers, Answer{Question: fmt.Sprintf("question %d", turn), Text: "`" + b.String() + "`", StartMS: start, EndMS: start + 1000})
	}
	w := NewWatch(answers)
	for _, e := range events {
		w.Event(e)
	}
	for i, a := range answers {
		s := w.Seen(i)
		if took := s.LastWordsMS - s.FirstWordsMS; s.State != "seen" || s.FirstWordsMS-a.StartMS > 100 || i != 1 && (took < 900 || took > 1500) || s.AskedMS != a.StartMS {
			t.Errorf("answer %d: asked at %d, %s from %d to %d after the call, %+v", i, s.AskedMS-a.StartMS, s.State, s.FirstWordsMS-a.StartMS, s.LastWordsMS-a.StartMS, s)
		}
	}
}

// awaitedIn returns 16 answers, one for each sixteenth of a recording.
func awaitedIn(events [][]byte, text *zipf.Writer) (answers []Answer) {
	first, last := timeOf(events[0]), timeOf(events[len(events)-1])
	for i := range int64(16) {
		at := first + (last-first)*i/16
		answers = append(answers, Answer{Question: text.Text(120), Text: text.Text(1800), StartMS: at, EndMS: at + 5000})
	}
	return answers
}

// BenchmarkRecording reads recordings of a browser while one answer is awaited, and while sixteen are. ms/MB, the figure that counts, is processor time.
func BenchmarkRecording(b *testing.B) {
	for _, name := range []string{"chat", "list", "churn", "shadow", "minute"} {
		b.Run(name, func(b *testing.B) {
			events := recorded(b, name)
			size := 0
			for _, e := range events {
				size += len(e)
			}
			for _, count := range []int{1, 16} {
				b.Run(fmt.Sprint(count), func(b *testing.B) {
					answers := awaitedIn(events, zipf.NewWriter(1))[:count]
					b.ReportAllocs()
					start := processorTime(b)
					for b.Loop() {
						w := NewWatch(answers)
						for _, e := range events {
							w.Event(e)
						}
					}
					b.ReportMetric(float64((processorTime(b)-start).Nanoseconds())/float64(b.N)/float64(size), "ms/MB")
				})
			}
		})
	}
}

// processorTime is what the process used.
func processorTime(t testing.TB) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkGeneration finds an answer of 300 words in the recording of a chat that streams it in 300 events: in one text that grows, and in an element
// for each word. ms/generation does not include the time that reading the same recording takes when no answer is awaited.
func BenchmarkGeneration(b *testing.B) {
	for _, style := range []string{"text", "elements"} {
		b.Run(style, func(b *testing.B) {
			answer := zipf.NewWriter(2).Text(1800)
			r := newChat()
			r.ask()
			if style == "text" {
				r.stream(asked+1000, answer)
			} else {
				e, _ := r.message(asked+1000, "p", "")
				for i, word := range strings.Fields(answer) {
					s := r.id()
					r.change(asked+1000+int64(i)*20, nil, []string{put(e, nil, el(s, "span", ``)), put(s, nil, text(r.id(), word+" "))}, nil)
				}
			}
			read := func(answers ...Answer) {
				w := NewWatch(answers)
				for _, e := range r.events {
					w.Event([]byte(e))
				}
				for i := range answers {
					w.Seen(i)
					w.Context(i)
				}
			}
			var took time.Duration
			for b.Loop() {
				start := processorTime(b)
				read(theAnswer(answer))
				middle := processorTime(b)
				read()
				took += middle - start - (processorTime(b) - middle)
			}
			b.ReportMetric(float64(took.Nanoseconds())/float64(b.N)/1e6, "ms/generation")
		})
	}
}
