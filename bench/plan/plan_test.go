package main

import (
	"math"
	"os"
	"strings"
	"testing"
)

// The document equals the command's output.
func TestDocument(t *testing.T) {
	t.Chdir("../..")
	m, err := read(strings.Split(results, ",")...)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := m.tables()
	if err != nil {
		t.Fatal(err)
	}
	document, err := os.ReadFile("docs/cluster.md")
	if err != nil {
		t.Fatal(err)
	}
	want, err := put(string(document), tables)
	if err != nil {
		t.Fatal(err)
	}
	if want != string(document) {
		t.Error("docs/cluster.md does not show what the plan computes: run go run ./bench/plan -write docs/cluster.md")
	}
}

// round are units whose results can be computed mentally.
var round = units{
	wireEvent: 2000, wireMinute: 200_000, minuteBlocks: 30,
	nodeEvent: 1e-4, nodeMB: 0.1, serverCommit: 0.01, serverEvent: 1e-4, serverMB: 0.01,
	blockRow: 100, stored: 0.5, putsHour: 3600, sent: 1000, hops: 1000, page1: 0.1, pageShard: 0.1, trace1: 0.05, traceShard: 0.05,
}

func same(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-9*math.Max(1, math.Abs(want)) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func TestNeed(t *testing.T) {
	n := round.at(10_000, asIs)
	same(t, "recorded minutes a second", n.minutes, 100)
	same(t, "sessions at a time", n.sessions, 6000)
	same(t, "events, MB/s", n.eventMB, 20)
	same(t, "recordings, MB/s", n.wireMB, 20)
	same(t, "cores of nodes", n.nodeBusy, 1+2)
	same(t, "nodes", n.nodes, 2)
	same(t, "cores of each", n.coresEach, 3)
	same(t, "disk", n.copyBytes, 30*86400*(10_000*662+100*30*100))
	same(t, "shards", n.shards, 4) // 17.9 TB on disks that hold 5.6 TB
	same(t, "inserts", n.parts, 20)
	same(t, "rows in one", n.rowsInPart, 125)
	same(t, "cores of a server", n.serverBusy, 0.2+(1+0.2)/4)
	same(t, "PUTs an hour", n.puts, 7200)
	same(t, "objects", n.objects, 2*30*86400)
	same(t, "bytes in S3", n.s3Bytes, 10e6*30*86400)
	same(t, "sessions that end an hour", n.ending, 36_000)
	same(t, "nodes that rewrite", n.rewriters, 15./8)
	same(t, "nodes to servers, MB/s", n.toServers, 10)
	same(t, "between shards, MB/s", n.between, 7.5)
	same(t, "between replicas, MB/s", n.replicas, 6.92)
	same(t, "to S3, MB/s", n.toS3, 10)
}

// If rows are gathered by shard, the number of inserts does not grow with the number of nodes.
func TestGathered(t *testing.T) {
	for _, rate := range []float64{1e4, 1e6} {
		n := round.at(rate, byShard)
		same(t, "inserts", n.parts, 1)
		same(t, "between shards", n.between, 0)
		if limit := serverCores.value * busy.value; n.serverBusy > limit {
			t.Errorf("%v events/s: %v cores of %v are busy", rate, n.serverBusy, limit)
		}
	}
}

func TestCosts(t *testing.T) {
	n := need{nodes: 10, coresEach: 4, shards: 5, puts: 1000, s3Bytes: 1e12, ending: 100, toServers: 100, replicas: 50}
	b := round.costs(n, true)
	same(t, "nodes", b.nodes, 10*4*8760*0.05)
	same(t, "servers", b.servers, 5*2*8*8760*0.05)
	same(t, "disks", b.disks, 5*2*8000*12*0.08)
	same(t, "objects", b.objects, 1000*12*0.023)
	same(t, "puts", b.puts, 1000*8760/1000*0.005)
	same(t, "rewriting", b.rewriting, 100*8760*(0.005+300*0.0004)/1000) // a session of ten minutes lies in 300 objects
	same(t, "between zones", b.crossing, 0.15*365*86400*2/3*0.02)
	same(t, "sum", b.sum(), b.nodes+b.servers+b.disks+b.objects+b.puts+b.rewriting+b.crossing)
	same(t, "without rewriting", round.costs(n, false).rewriting, 0)
}

func TestCommitCost(t *testing.T) {
	m := &measured{}
	// 20 ms for each commit, 0.1 ms for each event: in seconds for 10,000 events, 2 + 1 and 0.5 + 1.
	for of, v := range map[string][2]float64{"few": {100, 3}, "many": {400, 1.5}} {
		m.Figures = append(m.Figures,
			figure{"commits", "events: rows of one commit", of, v[0]},
			figure{"commits", "events: ClickHouse, with the merges that followed", of, v[1]})
	}
	fixed, each := m.commitCost()
	same(t, "a commit to one of two shards", fixed, 0.01)
	same(t, "an event", each, 1e-4)
	if m.at("commits", "no such figure", "few"); m.lacking() == nil {
		t.Error("a figure that is not there is not missed")
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{number(0), "0"}, {number(0.01234), "0.0123"}, {number(2), "2"}, {number(12.34), "12.3"}, {number(123.4), "123"}, {number(1234), "1,230"},
		{number(9999), "10,000"}, {number(1234567), "1,230,000"}, {whole(1234567), "1,234,567"}, {number(1e-5), "1e-05"},
		{bytes(999), "999 B"}, {bytes(1.5e12), "1.5 TB"}, {bytes(2e16), "20 PB"}, {large(2.592e12), "2.59 trillion"}, {large(1234), "1,230"},
		{duration(250), "250 ms"}, {duration(12_000), "12 s"}, {duration(600_000), "10 min"}, {duration(2e7), "5.56 h"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}
