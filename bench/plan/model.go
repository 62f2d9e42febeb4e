package main

import "math"

const (
	day         = 86400.0 // s
	year        = 365 * day
	pollSeconds = 4.0 // how often an open list asks again (web/src/lib/ui/ListPage.svelte)
)

// units are the costs per unit: the measured inputs of the model.
type units struct {
	wireEvent, wireMinute float64 // B on the wire
	minuteBlocks          float64 // blocks of a recorded minute

	nodeEvent, nodeMB float64 // s of a node's processor, for an event and for a MB of recordings
	// serverCommit is s of ClickHouse's for a commit to one shard, serverEvent for an event in it, serverMB for a MB of recordings.
	serverCommit, serverEvent, serverMB float64

	blockRow   float64 // B of disk, one copy
	stored     float64 // B in S3 for a wire byte
	putsHour   float64 // PUTs of a busy node
	sent, hops float64 // B that a node sends to ClickHouse for an event, and that one shard sends to the next one
	// These are s of all processors for the first page of traces, and for one trace with its messages: with one shard, and for each further shard.
	page1, pageShard, trace1, traceShard float64
}

func (m *measured) units() units {
	u := units{
		wireEvent: m.cluster("events: bytes on the wire to a node", twoShards), wireMinute: m.cluster("recordings: a recorded minute on the wire", twoShards) * 1e6,
		minuteBlocks: m.cluster("recordings: blocks of a recorded minute", twoShards),
		nodeEvent:    m.cluster("events: processor time of the nodes", twoShards) / 1e4,
		nodeMB:       m.cluster("recordings: processor time of the nodes", twoShards),
		serverMB:     m.cluster("recordings: ClickHouse, with the merges that followed", oneShard),
		blockRow:     m.cluster("on disk: row of the index of blocks", twoShards),
		stored:       m.cluster("recordings as stored", twoShards),
		putsHour:     m.cluster("recordings: objects written (PUT) by a node", twoShards),
		sent:         m.cluster("events: bytes that ClickHouse received", oneShard),
		page1:        m.cluster("first page of traces, processor time of all", oneShard) / 1000,
		trace1:       m.cluster("one trace with its messages, processor time of all", oneShard) / 1000,
	}
	// The first of two shards passes half of the rows that it receives on to the second.
	u.hops = max(2*(m.cluster("events: bytes that ClickHouse received", twoShards)-u.sent), 0)
	u.pageShard = max(m.cluster("first page of traces, processor time of all", twoShards)/1000-u.page1, 0)
	u.traceShard = max(m.cluster("one trace with its messages, processor time of all", twoShards)/1000-u.trace1, 0)
	u.serverCommit, u.serverEvent = m.commitCost()
	return u
}

// need is what a given rate requires.
type need struct {
	rate              float64 // events/s
	minutes, sessions float64 // recorded minutes that begin each second, sessions recorded at a time
	eventMB, wireMB   float64 // MB/s on the wire, of events and of recordings

	nodeBusy, nodes, coresEach float64 // cores, nodes, and cores of each

	copyBytes   float64 // disk, one copy of all shards
	byDisk      float64 // shards
	shards      float64
	serverBusy  float64 // cores of each ClickHouse server
	parts       float64 // inserted into each table of a shard each second
	rowsInPart  float64
	rowsInShard float64

	puts, objects, s3Bytes float64 // PUTs each hour of windows; after retention without rewriting
	ending, rewriters      float64 // sessions that end each hour, and nodes that rewriting them keeps busy

	toServers, between, replicas, toS3 float64 // MB/s
}

// gathered is the way in which commits reach the shards.
type gathered bool

const (
	asIs gathered = false
	// byShard: nodes send each shard its own rows, and each shard combines the rows of all nodes in a window into one part.
	byShard gathered = true
)

func (u units) at(rate float64, how gathered) need {
	n := need{rate: rate}
	n.minutes = rate / eventsPerMinute.value
	n.sessions = n.minutes * 60
	n.eventMB, n.wireMB = rate*u.wireEvent/1e6, n.minutes*u.wireMinute/1e6

	n.nodeBusy = rate*u.nodeEvent + n.wireMB*u.nodeMB
	n.nodes = max(2, math.Ceil(n.nodeBusy/(nodeCores.value*busy.value)))
	n.coresEach = math.Ceil(n.nodeBusy / n.nodes / busy.value)

	stays := retentionDays.value * day
	n.copyBytes = stays * (rate*eventBytes.value + n.minutes*u.minuteBlocks*u.blockRow)
	n.byDisk = math.Ceil(n.copyBytes / (serverBytes.value * fill.value))
	n.parts = n.nodes * commitsASecond.value
	if how == byShard {
		n.parts = 1 / window.value
	}
	// A commit costs each shard the same, however many shards there are; the rest is divided among them.
	fixed, divided := n.parts*u.serverCommit, rate*u.serverEvent+n.wireMB*u.serverMB
	n.shards = max(1, n.byDisk)
	if left := serverCores.value*busy.value - fixed; left > 0 {
		n.shards = max(n.shards, math.Ceil(divided/left))
	}
	n.serverBusy = fixed + divided/n.shards
	n.rowsInPart = rate / n.shards / n.parts
	n.rowsInShard = rate * stays / n.shards

	n.puts = n.nodes * u.putsHour
	n.objects = n.puts / 3600 * stays
	n.s3Bytes = n.wireMB * 1e6 * u.stored * stays
	n.ending = n.minutes / sessionMinutes.value * 3600
	n.rewriters = n.ending * rewriteTime.value / rewriteAtOnce.value / 3600

	n.toServers = rate * u.sent / 1e6
	n.between = rate * u.hops / 1e6 * (n.shards - 1) / n.shards
	if how == byShard {
		n.between = 0
	}
	n.replicas = (copies.value - 1) * n.copyBytes / stays / 1e6
	n.toS3 = n.wireMB * u.stored
	return n
}

// bill is what a year costs, in USD.
type bill struct{ nodes, servers, disks, objects, puts, rewriting, crossing float64 }

func (b bill) sum() float64 {
	return b.nodes + b.servers + b.disks + b.objects + b.puts + b.rewriting + b.crossing
}

// costs are the costs of a year. Disks and objects are those of a steady state: data older than retentionDays are deleted.
func (u units) costs(n need, rewrite bool) bill {
	hours := year / 3600
	b := bill{
		nodes:   n.nodes * n.coresEach * hours * coreHour.value,
		servers: n.shards * copies.value * serverCores.value * hours * coreHour.value,
		disks:   n.shards * copies.value * serverBytes.value / 1e9 * 12 * diskMonth.value,
		objects: n.s3Bytes / 1e9 * 12 * s3Month.value,
		puts:    n.puts * hours / 1000 * puts1000.value,
		// Traffic from nodes to S3 is free within a region.
		crossing: (n.toServers + n.between + n.replicas) * 1e6 / 1e9 * year * crossing * crossingGB.value,
	}
	if rewrite {
		b.rewriting = n.ending * hours / 1000 * (puts1000.value + u.scatter()*gets1000.value)
	}
	return b
}

// scatter is the number of objects of a session before it is rewritten: one for each block, but no more than a node has windows in that time.
func (u units) scatter() float64 {
	return sessionMinutes.value * min(u.minuteBlocks, u.putsHour/60)
}

// extrapolate continues a line through two points.
func extrapolate(x1, y1, x2, y2, x float64) float64 {
	return y2 + (y2-y1)/(x2-x1)*(x-x2)
}
