// Command bench measures a real playhead server from outside: it starts the binary, sends load over HTTP from the same
// machine, reads back through the API, and writes what it measured beside the hardware, the commit and the command.
//
//	go build -o bin/playhead ./cmd/playhead && go run ./bench -bin bin/playhead
//
// Latencies are those of whole HTTP requests, measured by the client on the same machine, so they are upper bounds of the server's own.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/playheadhq/playhead/internal/zipf"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run() error {
	var o options
	flag.StringVar(&o.bin, "bin", "bin/playhead", "the server to measure")
	flag.StringVar(&o.out, "out", "", "write the report to this file as JSON, and beside it as Markdown")
	flag.IntVar(&o.events, "events", 1_000_000, "LLM events to send, and then to read from")
	flag.IntVar(&o.connections, "connections", 8, "connections that send LLM events at once, as backends do")
	flag.IntVar(&o.browsers, "browsers", 64, "connections that send recordings at once, as browsers do")
	flag.DurationVar(&o.recordFor, "record-for", 20*time.Second, "how long to send recordings")
	flag.IntVar(&o.recordMB, "record-mb", 150, "recordings that the part cluster sends to each engine, in MB on the wire")
	flag.IntVar(&o.reads, "reads", 300, "requests per read figure")
	flag.IntVar(&o.rounds, "rounds", 3, "how often what is measured in turn alternates: attack and quiet, Playhead and VictoriaLogs")
	flag.StringVar(&o.victoriaLogs, "victorialogs", "", "VictoriaLogs' program, which the part ingest measures beside (default: it does not)")
	flag.StringVar(&o.before, "before", "", "an earlier build of the server, whose lists the part ask-cluster measures beside (default: it does not)")
	flag.IntVar(&o.grow, "grow", 0, "how many events the parts ask and analytics sum up once more, with light ones that are added (default: none are)")
	flag.DurationVar(&o.linksFor, "links-for", time.Minute, "how long the part links sends")
	flag.DurationVar(&o.soak, "soak", 10*time.Minute, "how long the part soak sends")
	flag.StringVar(&o.only, "only", "llm,recordings,moment", "comma-separated parts to run: llm, recordings, stored, moment, ingest, otlp, ask, analytics, impact, simulated, links, memory, soak, cluster, ask-cluster, commits, growth, bodies, attack, dear, stop")
	flag.StringVar(&o.dir, "dir", "", "parent of the data directories (default the system's temporary directory)")
	o.hostile.flags()
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	r := newReport()
	parts := []struct {
		name string
		run  func(context.Context, options, *report) error
	}{{"llm", measureLLM}, {"recordings", measureRecordings}, {"stored", measureStored}, {"moment", measureMoment},
		{"ingest", measureIngest}, {"otlp", measureOTLP}, {"ask", measureAsk}, {"analytics", measureAnalytics}, {"impact", measureImpact}, {"simulated", measureSimulated}, {"links", measureLinks}, {"memory", measureMemory}, {"soak", measureSoak},
		{"cluster", measureCluster}, {"ask-cluster", measureAskCluster}, {"commits", measureCommits}, {"growth", measureGrowth},
		{"bodies", measureBodies}, {"attack", measureAttack}, {"dear", measureDear}, {"stop", measureStop}}
	asked := strings.Split(o.only, ",")
	for _, p := range parts {
		if !slices.Contains(asked, p.name) {
			continue
		}
		r.part = p.name
		err := p.run(ctx, o, r)
		if err != nil {
			err = fmt.Errorf("%s: %w", p.name, err)
		}
		// After a failure, the measurements so far are kept.
		if err := errors.Join(err, r.write(o.out)); err != nil {
			return err
		}
	}
	fmt.Print(r.markdown())
	return nil
}

// recordingData describes the data of sendRecordings.
func (o options) recordingData() string {
	return fmt.Sprintf("minutes of a busy page from posthog-js (bench/data/minute), gzip, %d connections", o.browsers)
}

type options struct {
	bin, out, only, dir, victoriaLogs, before string
	events, connections, browsers, reads      int
	recordMB, rounds, grow                    int
	recordFor, soak, linksFor                 time.Duration
	hostile                                   hostile

	// Events are spread evenly over a time of the length over, which ends at the time until before now. If over is 0, all events are from now.
	over, until time.Duration
}

// batches is how many batches each connection sends.
func (o options) batches() int { return max(o.events/o.connections/batchSize, 1) }

// sends is how many events all connections send.
func (o options) sends() int64 { return int64(o.batches()) * batchSize * int64(o.connections) }

// ago is how long before now the time of a connection's nth batch is.
func (o options) ago(n int) time.Duration {
	return o.until + time.Duration(float64(o.over)*(1-float64(n)/float64(o.batches())))
}

// eventData describes the data of sendEvents.
func (o options) eventData() string {
	return fmt.Sprintf("%d generations of %d B with text of %d words by Zipf's law, batches of %d as plain JSON, %d connections", o.sends(), eventSize, zipf.Vocabulary, batchSize, o.connections)
}
