package main

import (
	"fmt"
	"strconv"
	"strings"
)

// tables are all tables of the document, by name.
func (m *measured) tables() ([]generated, error) {
	u := m.units()
	all := []generated{
		{"measured", m.sideBySide()},
		{"reads", m.reads()},
		{"commits", m.commits(u)},
		{"shard", m.growth()},
		{"assumed", listAssumed()},
		{"sizes", u.sizes()},
		{"million", u.million()},
		{"year", u.year()},
	}
	return all, m.lacking()
}

// sideBySide compares one machine and clusters under the same load.
func (m *measured) sideBySide() string {
	t := newTable("", "one machine, embedded", "3 nodes, 1 shard", "3 nodes, 2 shards")
	row := func(what, figure, unit string, from int) {
		cells := []string{what}
		for i, of := range []string{embedded, oneShard, twoShards} {
			if i < from {
				cells = append(cells, "")
				continue
			}
			cells = append(cells, number(m.cluster(figure, of))+unit)
		}
		t.row(cells...)
	}
	row("events a second, durable, everything on these 2 cores", "events acknowledged durably", "", 0)
	one := m.cluster("events acknowledged durably", embedded)
	t.row("as a part of the embedded one's", "1", number(m.cluster("events acknowledged durably", oneShard)/one), number(m.cluster("events acknowledged durably", twoShards)/one))
	row("processor time for 10,000 events: nodes", "events: processor time of the nodes", " s", 0)
	row("… ClickHouse, merges included", "events: ClickHouse, with the merges that followed", " s", 1)
	row("… of the load generator, for comparison", "events: processor time of the load generator", " s", 0)
	row("rows of one commit", "events: rows of one commit", "", 0)
	row("rows merged for each one inserted", "events: rows merged for each one inserted", "", 1)
	row("memory of a node: idle", "idle, empty: memory of a node", " MB", 0)
	row("… at most, under events", "events: peak memory of a node", " MB", 0)
	row("… at most, under recordings", "recordings: peak memory of a node", " MB", 0)
	row("memory of a ClickHouse server: idle", "idle, empty: memory of a ClickHouse server", " MB", 1)
	row("… at most, under events", "events: peak memory of a ClickHouse server", " MB", 1)
	row("recordings, MB on the wire a second", "recordings acknowledged durably", "", 0)
	row("processor time for 1 MB: nodes", "recordings: processor time of the nodes", " s", 0)
	row("… ClickHouse, merges included", "recordings: ClickHouse, with the merges that followed", " s", 1)
	row("… S3 server", "recordings: processor time of S3", " s", 1)
	row("PUTs of a busy node an hour", "recordings: objects written (PUT) by a node", "", 1)
	row("an object", "recordings: an object", " kB", 1)
	row("bytes an event on disk, index of blocks included", "on disk: an event, with all indexes and the index of blocks", "", 0)
	row("… of that, the light row", "on disk: row of events", "", 1)
	row("… prompt and answer", "on disk: row of contents", "", 1)
	row("row of the index of blocks", "on disk: row of the index of blocks", " B", 1)
	row("stored bytes for a byte of recording on the wire", "recordings as stored", "", 0)
	return t.String()
}

// readNames are the reads in the document.
var readNames = []string{
	"first page of traces", "one trace with its messages", "first page of generations", "first page of sessions", "one session with its calls",
	"totals (the Setup page)", "traces of one session", "traces of one person", "traces that failed, of which there are none",
	"first page of traces with a common word", "traces with a word that is nowhere",
}

// reads compares the durations of the same reads.
func (m *measured) reads() string {
	t := newTable("ms: median, p95", "one machine, embedded", "3 nodes, 1 shard", "3 nodes, 2 shards", "2 shards : embedded")
	for _, name := range readNames {
		cells := []string{name}
		for _, of := range []string{embedded, oneShard, twoShards} {
			cells = append(cells, number(m.cluster(name+", median", of))+", "+number(m.cluster(name+", p95", of)))
		}
		ratio := m.cluster(name+", median", twoShards) / m.cluster(name+", median", embedded)
		t.row(append(cells, number(ratio))...)
	}
	return t.String()
}

// nodes is the number of nodes in bench's clusters.
const nodes = 3

// commits shows the cost of an event by the number of events per commit.
func (m *measured) commits(u units) string {
	columns := m.columns("commits")
	t := newTable(append([]string{""}, columns...)...)
	row := func(what, figure, unit string) {
		cells := []string{what}
		for _, of := range columns {
			cells = append(cells, number(m.at("commits", figure, of))+unit)
		}
		t.row(cells...)
	}
	row("events a second", "events acknowledged durably", "")
	row("rows of one commit", "events: rows of one commit", "")
	row("time of one commit", "events: time of one commit", " ms")
	inserts := []string{"inserts a second into each table of a shard"}
	for _, of := range columns {
		inserts = append(inserts, number(nodes*m.at("commits", "events: commits of a node", of)))
	}
	t.row(inserts...)
	row("rows merged for each one inserted", "events: rows merged for each one inserted", "")
	row("processor time for 10,000 events: ClickHouse, merges included", "events: ClickHouse, with the merges that followed", " s")
	row("… nodes", "events: processor time of the nodes", " s")
	return t.String() + fmt.Sprintf("\nA line through these: a commit costs %s ms of ClickHouse's processor on each shard, however small, and an event %s ms (%s s for 10,000).\n",
		number(u.serverCommit*1000), number(u.serverEvent*1000), number(u.serverEvent*1e4))
}

// queryTimeout is the time after which a node gives up a query, in ms (clickhouse.Options.QueryTimeout).
const queryTimeout = 60_000

// growth shows the durations of reads as one shard grows, and extrapolates them.
func (m *measured) growth() string {
	columns := m.columns("growth")
	if len(columns) < 2 {
		m.missing = append(m.missing, "growth")
		return ""
	}
	rows := make([]float64, len(columns))
	head := []string{"one shard, median"}
	for i, of := range columns {
		count, _, _ := strings.Cut(of, " ")
		rows[i], _ = strconv.ParseFloat(count, 64)
		head = append(head, large(rows[i]))
	}
	last := len(columns) - 1
	full := serverBytes.value * fill.value / eventBytes.value
	further := []float64{1e8, 1e9, full}
	for _, n := range further {
		head = append(head, large(n)+", computed")
	}
	t := newTable(head...)
	for _, name := range readNames {
		cells := []string{name}
		took := make([]float64, len(columns))
		for i, of := range columns {
			took[i] = m.at("growth", name+", median", of)
			cells = append(cells, duration(took[i]))
		}
		for _, n := range further {
			// A read that did not become slower is not extrapolated.
			y := max(extrapolate(rows[last-1], took[last-1], rows[last], took[last], n), took[last])
			if cells = append(cells, duration(y)); y > queryTimeout {
				cells[len(cells)-1] = "over a minute"
			}
		}
		t.row(cells...)
	}
	cells := []string{"bytes an event on disk"}
	for _, of := range columns {
		cells = append(cells, number(m.at("growth", "on disk: an event, with all indexes and the index of blocks", of)))
	}
	t.row(append(cells, repeat("", len(further))...)...)
	return t.String() + fmt.Sprintf("\n%s is what %s hold, %s full, of events of %s B.\n",
		large(full), bytes(serverBytes.value), percent(fill.value), number(eventBytes.value))
}

func percent(part float64) string { return number(100*part) + " %" }

func listAssumed() string {
	t := &table{}
	t.row("assumed", "", "because, or said by")
	t.row("---:", "---", "---")
	for _, a := range everythingAssumed {
		value := number(a.value) + " " + a.unit
		if a.unit == "B" {
			value = bytes(a.value)
		}
		t.row(value, a.what, a.source)
	}
	return t.String()
}

// column is one column of a table of needs.
type column struct {
	head string
	need need
}

// show makes a table of computed values with their formulas.
func show(columns []column, rows []line) string {
	head := []string{"", "how"}
	for _, c := range columns {
		head = append(head, c.head)
	}
	t := &table{}
	t.row(head...)
	t.row(append([]string{"---", "---"}, repeat("---:", len(columns))...)...)
	for _, r := range rows {
		cells := []string{r.what, r.how}
		for _, c := range columns {
			cells = append(cells, r.value(c.need))
		}
		t.row(cells...)
	}
	return t.String()
}

type line struct {
	what, how string
	value     func(need) string
}

func (u units) sizes() string {
	var columns []column
	for _, rate := range []float64{1e3, 1e4, 1e5} {
		columns = append(columns, column{whole(rate) + " events/s", u.at(rate, asIs)})
	}
	return show(columns, []line{
		{"events", "rate × " + number(u.wireEvent) + " B on the wire", func(n need) string { return number(n.eventMB) + " MB/s" }},
		{"recordings", fmt.Sprintf("rate ÷ %s × %s", number(eventsPerMinute.value), bytes(u.wireMinute)), func(n need) string { return number(n.wireMB) + " MB/s" }},
		{"sessions recorded at a time", fmt.Sprintf("rate ÷ %s × 60", number(eventsPerMinute.value)), func(n need) string { return number(n.sessions) }},
		{"cores busy in nodes", fmt.Sprintf("rate × %s s ÷ 10,000 + MB/s × %s s", number(u.nodeEvent*1e4), number(u.nodeMB)), func(n need) string { return number(n.nodeBusy) }},
		{"**nodes**", fmt.Sprintf("÷ (%s cores × %s), at least 2", number(nodeCores.value), number(busy.value)), func(n need) string { return "**" + number(n.nodes) + "**" }},
		{"cores of each", fmt.Sprintf("cores busy ÷ nodes ÷ %s", number(busy.value)), func(n need) string { return number(n.coresEach) }},
		{"rows in ClickHouse", fmt.Sprintf("rate × %s days", number(retentionDays.value)), func(n need) string { return large(n.rate * retentionDays.value * day) }},
		{"disk, one copy", fmt.Sprintf("rows × %s B + blocks × %s B", number(eventBytes.value), number(u.blockRow)), func(n need) string { return bytes(n.copyBytes) }},
		{"**shards**", fmt.Sprintf("÷ (%s × %s), and processor", bytes(serverBytes.value), number(fill.value)), func(n need) string { return "**" + number(n.shards) + "**" }},
		{"ClickHouse servers", fmt.Sprintf("shards × %s", number(copies.value)), func(n need) string { return number(n.shards * copies.value) }},
		{"inserts a second into each table of a shard", fmt.Sprintf("nodes × %s at most", number(commitsASecond.value)), func(n need) string { return number(n.parts) }},
		{"rows in each", "rate ÷ shards ÷ inserts", func(n need) string { return number(n.rowsInPart) }},
		{"cores busy in each server of " + number(serverCores.value), fmt.Sprintf("inserts × %s ms + (rate × %s ms + MB/s × %s ms) ÷ shards", number(u.serverCommit*1000), number(u.serverEvent*1000), number(u.serverMB*1000)),
			serverBusy},
		{"network: into nodes", "events + recordings", func(n need) string { return number(n.eventMB+n.wireMB) + " MB/s" }},
		{"… nodes to ClickHouse", "rate × " + number(u.sent) + " B", func(n need) string { return number(n.toServers) + " MB/s" }},
		{"… between shards", "rate × " + number(u.hops) + " B × (shards − 1) ÷ shards", func(n need) string { return number(n.between) + " MB/s" }},
		{"… between replicas", "one copy ÷ its days", func(n need) string { return number(n.replicas) + " MB/s" }},
		{"… nodes to S3", "recordings × " + number(u.stored), func(n need) string { return number(n.toS3) + " MB/s" }},
		{"recordings in S3", fmt.Sprintf("× %s days", number(retentionDays.value)), func(n need) string { return bytes(n.s3Bytes) }},
		{"PUTs an hour", fmt.Sprintf("nodes × %s", number(u.putsHour)), func(n need) string { return number(n.puts) }},
		{"sessions that end, an hour", fmt.Sprintf("÷ %s minutes", number(sessionMinutes.value)), func(n need) string { return number(n.ending) }},
		{"nodes that it takes to rewrite as many", fmt.Sprintf("× %s s ÷ %s at a time", number(rewriteTime.value), number(rewriteAtOnce.value)), func(n need) string { return number(n.rewriters) }},
		u.openLists(),
	})
}

// serverBusy shows if no number of shards is enough.
func serverBusy(n need) string {
	if n.serverBusy > serverCores.value {
		return number(n.serverBusy) + ": more than it has"
	}
	return number(n.serverBusy)
}

// openLists is the cost of people who only have a list open.
func (u units) openLists() line {
	return line{
		"cores for " + number(openPages.value) + " people with the list of traces open",
		fmt.Sprintf("%s ÷ %s s × (%s ms + %s ms × (shards − 1))", number(openPages.value), number(pollSeconds), number(u.page1*1000), number(u.pageShard*1000)),
		func(n need) string {
			return number(openPages.value / pollSeconds * (u.page1 + u.pageShard*(n.shards-1)))
		},
	}
}

const million = 1e6

func (u units) million() string {
	columns := []column{{"as it is", u.at(million, asIs)}, {"gathered by shard", u.at(million, byShard)}}
	connections := func(n need) float64 {
		if n.between > 0 {
			return 8 * n.nodes // clickhouse.Options.Connections
		}
		return n.nodes * n.shards
	}
	return show(columns, []line{
		{"nodes of " + number(nodeCores.value) + " cores", fmt.Sprintf("(rate × %s s ÷ 10,000 + MB/s × %s s) ÷ (%s × %s)", number(u.nodeEvent*1e4), number(u.nodeMB), number(nodeCores.value), number(busy.value)),
			func(n need) string { return number(n.nodes) }},
		{"sessions recorded at a time", fmt.Sprintf("rate ÷ %s × 60", number(eventsPerMinute.value)), func(n need) string { return number(n.sessions) }},
		{"rows, one copy of all shards", fmt.Sprintf("rate × %s days", number(retentionDays.value)), func(n need) string { return large(n.rate * retentionDays.value * day) }},
		{"disk, one copy", fmt.Sprintf("× %s B, and blocks", number(eventBytes.value)), func(n need) string { return bytes(n.copyBytes) }},
		{"shards that the disks ask for", fmt.Sprintf("÷ (%s × %s)", bytes(serverBytes.value), number(fill.value)), func(n need) string { return number(n.byDisk) }},
		{"inserts a second into each table of a shard", fmt.Sprintf("nodes × %s; 1 in %s s", number(commitsASecond.value), number(window.value)), func(n need) string { return number(n.parts) }},
		{"rows in each", "rate ÷ shards ÷ inserts", func(n need) string { return number(n.rowsInPart) }},
		{"cores that the inserts alone keep busy in each server", fmt.Sprintf("inserts × %s ms", number(u.serverCommit*1000)), func(n need) string { return number(n.parts * u.serverCommit) }},
		{"shards", "disk, and what the processors have left", func(n need) string { return number(n.shards) }},
		{"cores busy in each server of " + number(serverCores.value), "as in the table above", serverBusy},
		{"network: into all nodes, into one", "events + recordings", func(n need) string {
			return bytes((n.eventMB+n.wireMB)*1e6) + "/s, " + bytes((n.eventMB+n.wireMB)*1e6/n.nodes) + "/s"
		}},
		{"… nodes to ClickHouse", "rate × " + number(u.sent) + " B", func(n need) string { return bytes(n.toServers*1e6) + "/s" }},
		{"… between shards", "rate × " + number(u.hops) + " B × (shards − 1) ÷ shards", func(n need) string { return bytes(n.between*1e6) + "/s" }},
		{"… between replicas", "one copy ÷ its days", func(n need) string { return bytes(n.replicas*1e6) + "/s" }},
		{"parts that merges must take away in a day, each table", "inserts × 86,400", func(n need) string { return large(n.parts * day) }},
		{"connections from nodes, of all", "nodes × 8 to any server; nodes × shards", func(n need) string { return number(connections(n)) }},
		{"… at each server", "÷ shards", func(n need) string { return number(connections(n) / n.shards) }},
		{"processor time to open one trace, of all shards", fmt.Sprintf("%s + %s × (shards − 1)", duration(1000*u.trace1), duration(1000*u.traceShard)), func(n need) string { return duration(1000 * (u.trace1 + u.traceShard*(n.shards-1))) }},
		u.openLists(),
		{"recordings into S3", "recordings × " + number(u.stored), func(n need) string { return bytes(n.toS3*1e6) + "/s" }},
		{"PUTs a day", fmt.Sprintf("nodes × %s × 24", number(u.putsHour)), func(n need) string { return large(n.puts * 24) }},
		{"an object", "recordings ÷ PUTs", func(n need) string { return bytes(n.toS3 * 1e6 * 3600 / n.puts) }},
		{"objects there, without rewriting", fmt.Sprintf("× %s days", number(retentionDays.value)), func(n need) string { return large(n.objects) }},
		{"bytes there", "", func(n need) string { return bytes(n.s3Bytes) }},
		{"GETs a second to rewrite what ended", fmt.Sprintf("sessions ÷ %s minutes ÷ 60 × %s objects", number(sessionMinutes.value), number(u.scatter())), func(n need) string { return number(n.ending / 3600 * u.scatter()) }},
		{"nodes that it takes to rewrite as many", fmt.Sprintf("× %s s a session ÷ %s", number(rewriteTime.value), number(rewriteAtOnce.value)), func(n need) string { return number(n.rewriters) }},
		{"LISTs of one sweep", "objects ÷ " + number(keysListed.value), func(n need) string { return number(n.objects / keysListed.value) }},
		{"time of one sweep", fmt.Sprintf("× %s s to ask the index", number(sweepAsk.value)), func(n need) string { return duration(n.objects / keysListed.value * sweepAsk.value * 1000) }},
	})
}

func (u units) year() string {
	n := u.at(million, byShard)
	b, billions := u.costs(n, true), million*year/1e9
	t := newTable("a year at a million events/s", "amount", "USD, million", "USD for a billion events", "part")
	row := func(what, amount string, usd float64) {
		t.row(what, amount, number(usd/1e6), number(usd/billions), number(100*usd/b.sum())+" %")
	}
	row("nodes", number(n.nodes)+" × "+number(n.coresEach)+" cores", b.nodes)
	row("ClickHouse servers", number(n.shards*copies.value)+" × "+number(serverCores.value)+" cores", b.servers)
	row("their disks", bytes(n.shards*copies.value*serverBytes.value), b.disks)
	row("recordings in S3", bytes(n.s3Bytes), b.objects)
	row("PUTs of windows", large(n.puts*24*365), b.puts)
	row("rewriting sessions: a PUT and "+number(u.scatter())+" GETs each", large(n.ending*24*365)+" sessions", b.rewriting)
	row("between zones", bytes((n.toServers+n.between+n.replicas)*1e6*year*crossing), b.crossing)
	row("**all**", large(million*year)+" events", b.sum())
	without := u.costs(n, false)
	events := without.nodes*n.rate*u.nodeEvent/n.nodeBusy + without.servers + without.disks + without.crossing
	return t.String() + fmt.Sprintf("\nWithout recordings it is %s USD for a billion events; a recorded minute costs %s USD for each million. Kept for a year instead of %s days, disks, their servers and S3 cost %s times as much: %s USD for a billion events, with %s shards.\n",
		number(events/billions), number((b.sum()-events)/(n.minutes*year)*1e6), number(retentionDays.value), number(365/retentionDays.value),
		number((b.sum()+(b.disks+b.servers+b.objects)*(365/retentionDays.value-1))/billions), number(n.byDisk*365/retentionDays.value))
}
