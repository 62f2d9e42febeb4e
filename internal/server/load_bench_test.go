package server

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/config"
	"github.com/playheadhq/playhead/internal/testfile"
)

// These benchmarks measure a request from the socket to the disk, for profiles. The published figures are those of bench/, which measures from
// outside.

// BenchmarkRecordings sends the bodies of one recorded minute repeatedly. Bytes are those on the wire.
func BenchmarkRecordings(b *testing.B) {
	s := startForBenchmark(b)
	files, err := filepath.Glob("../../bench/data/minute/*.gz")
	if err != nil || len(files) == 0 {
		b.Fatalf("no recorded minute: %v", err)
	}
	ids := regexp.MustCompile(`"uuid":"[0-9a-f-]{36}"`)
	var bodies [][]byte
	var wire int64
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			b.Fatal(err)
		}
		body := testfile.Gunzip(b, raw)
		bodies = append(bodies, bytes.ReplaceAll(body, []byte("phc_bench_0000000000000000000000000000"), []byte(benchToken)))
		wire += int64(len(raw))
	}
	b.SetBytes(wire)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		var out [][]byte
		for _, body := range bodies {
			body = ids.ReplaceAllFunc(body, func([]byte) []byte { return []byte(`"uuid":"` + uuid.NewString() + `"`) })
			var z bytes.Buffer
			w, _ := gzip.NewWriterLevel(&z, gzip.BestSpeed)
			_, _ = w.Write(body)
			_ = w.Close()
			out = append(out, z.Bytes())
		}
		b.StartTimer()
		done := make(chan error, len(out))
		for _, body := range out {
			go func() { done <- post(s.URL()+"/s/", body) }()
		}
		for range out {
			if err := <-done; err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkGenerations sends batches of a hundred events of 2.3 kB, eight at a time.
func BenchmarkGenerations(b *testing.B) {
	const size, batch, parallel = 2300, 100, 8
	s := startForBenchmark(b)
	words := strings.Repeat("the order was sent with the invoice and a customer asked where it is ", 40)
	event := func() string {
		head := fmt.Sprintf(`{"event":"$ai_generation","uuid":"%s","distinct_id":"user","timestamp":"2026-11-23T08:00:00.000Z","properties":{`+
			`"$ai_trace_id":"%s","$session_id":"%s","$ai_model":"gpt-4o","$ai_provider":"openai","$ai_latency":1.5,"$ai_input_tokens":10,`+
			`"$ai_input":[{"role":"user","content":"`, uuid.NewString(), uuid.NewString(), uuid.NewString())
		middle := `"}],"$ai_output_choices":[{"role":"assistant","content":"an answer"}],"$lib":"posthog-python"}}`
		return head + words[:size-len(head)-len(middle)] + middle
	}
	b.SetBytes(size * batch * parallel)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		var bodies [][]byte
		for range parallel {
			events := make([]string, batch)
			for i := range events {
				events[i] = event()
			}
			bodies = append(bodies, []byte(`{"api_key":"`+benchToken+`","batch":[`+strings.Join(events, ",")+`]}`))
		}
		b.StartTimer()
		done := make(chan error, parallel)
		for _, body := range bodies {
			go func() { done <- post(s.URL()+"/batch/", body) }()
		}
		for range bodies {
			if err := <-done; err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.N*batch*parallel)/b.Elapsed().Seconds(), "events/s")
}

const benchToken = "phc_benchmark_000000000000000000000000"

func startForBenchmark(b *testing.B) *Server {
	c := config.Default()
	c.Listen, c.Data, c.Token = "127.0.0.1:0", b.TempDir(), benchToken
	s, err := Start(b.Context(), Options{Config: c, Version: "test"})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := s.Close(b.Context()); err != nil {
			b.Log(err)
		}
	})
	return s
}

func post(url string, body []byte) error {
	res, err := http.Post(url, "text/plain", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if answer, _ := io.ReadAll(res.Body); res.StatusCode != http.StatusOK {
		return fmt.Errorf("%d: %s", res.StatusCode, answer)
	}
	return nil
}
