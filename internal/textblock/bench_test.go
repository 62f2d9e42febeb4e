package textblock

import (
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/zipf"
)

// llmEntries returns events with 1.45 kB of text of 20,000 words by Zipf's law, and 0.4 kB that is equal in all events.
func llmEntries(n int) []Entry {
	w, random := zipf.NewWriter(5), rand.New(rand.NewPCG(5, 1))
	all := make([]Entry, n)
	for i := range all {
		all[i] = Entry{UUID: newID(random), TimeMS: 1_760_000_000_000 + int64(i)*7}
		system, user, answer := w.Text(400), w.Text(120), w.Text(930)
		all[i].Texts[Input] = fmt.Appendf(nil, `[{"role":"system","content":"%s"},{"role":"user","content":"%s"}]`, system, user)
		all[i].Texts[Output] = fmt.Appendf(nil, `[{"role":"assistant","content":[{"type":"text","text":"%s"}]}]`, answer)
		all[i].Texts[InputPreview], all[i].Texts[OutputPreview] = []byte(user[:120]), []byte(answer[:240]+dots)
		all[i].Texts[Properties] = []byte(`{"$ai_base_url":"https://api.openai.com/v1/","$ai_model_parameters":{"temperature":0.2,"stream":false},"$ai_tokens_source":"sdk","$geoip_disable":true,"$python_runtime":"CPython","$python_version":"3.11.7","$os":"Linux"}`)
	}
	return all
}

func BenchmarkBuild(b *testing.B) {
	for _, n := range []int{1, 100, 500, 4096} {
		all := llmEntries(n)
		for _, fresh := range []bool{true, false} {
			b.Run(fmt.Sprintf("events=%d/fresh=%v", n, fresh), func(b *testing.B) {
				var made *Block
				var builder Builder
				begun := processor()
				for b.Loop() {
					if fresh {
						made = Fresh(all)
						continue
					}
					builder.Reset()
					for i := range all {
						builder.Add(&all[i])
					}
					made = builder.Build()
				}
				per := float64(b.N * n)
				b.ReportMetric(float64((processor()-begun).Nanoseconds())/1000/per, "cpu-µs/event")
				b.ReportMetric(float64(len(made.Body))/float64(n), "B/event")
				b.ReportMetric(float64(made.HeadAt())/float64(n), "filter-B/event")
				b.ReportMetric(float64(made.Head)/float64(n), "head-B/event")
			})
		}
	}
}

// BenchmarkPack merges eight blocks into one.
func BenchmarkPack(b *testing.B) {
	all := llmEntries(MaxEvents)
	var parts []*Block
	for i := range 8 {
		parts = append(parts, build(true, all[i*MaxEvents/8:(i+1)*MaxEvents/8]...))
	}
	var builder Builder
	begun := processor()
	for b.Loop() {
		builder.Reset()
		for _, part := range parts {
			h := headOf(b, part)
			if err := builder.AddBlock(h, frameOf(part, h), nil); err != nil {
				b.Fatal(err)
			}
		}
		builder.Build()
	}
	b.ReportMetric(float64((processor()-begun).Nanoseconds())/1000/float64(b.N*MaxEvents), "cpu-µs/event")
}

func BenchmarkRead(b *testing.B) {
	made := build(false, llmEntries(MaxEvents)...)
	h := headOf(b, made)
	raw, _ := frameOf(made, h)(7)
	b.Run("head", func(b *testing.B) {
		for b.Loop() {
			headOf(b, made)
		}
	})
	b.Run("one event", func(b *testing.B) {
		for b.Loop() {
			if _, err := h.Entries(7, raw, []int{7 * frameEvents}, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
	for name, s := range map[string]filter.Search{
		"nowhere": {Words: []string{"zyzzyva"}}, "one word": {Words: []string{zipf.NewWriter(5).Words[200]}}, "inside": {Inside: "zyzz"},
		"phrase": {Words: []string{zipf.NewWriter(5).Words[200], zipf.NewWriter(5).Words[10], zipf.NewWriter(5).Words[300], zipf.NewWriter(5).Words[20]}},
	} {
		b.Run(name, func(b *testing.B) {
			n := 0
			for b.Loop() {
				n = len(find(b, made, s))
			}
			b.ReportMetric(float64(n), "found")
		})
	}
	b.Run("filter", func(b *testing.B) {
		p := NewSearch(filter.Search{Words: []string{"zyzzyva"}})
		for b.Loop() {
			if may, _ := p.May(&made.Extent, made.line); may != nil {
				b.Fatal("found")
			}
		}
	})
	false1 := 0
	for range 100_000 {
		if may, _ := NewSearch(filter.Search{Words: []string{uuid.NewString()}}).May(&made.Extent, made.line); may != nil {
			false1++
		}
	}
	b.Logf("%.3f %% of words that are nowhere pass the filter", float64(false1)/1000)
}

// processor returns how much processor time this process has used. Elapsed time says little on a machine that others use, too.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
