package main

// assumed is an assumption that the runs did not measure: about an installation, or about prices. Change the assumptions to your own values and run
// the command again.
type assumed struct {
	value  float64
	unit   string
	what   string
	source string
}

// Assumptions about an installation.
var (
	eventsPerMinute = assumed{100, "LLM events", "for each recorded minute of a browser", "an assistant in a product that is used for more than that; yours differs most of all numbers here"}
	sessionMinutes  = assumed{10, "minutes", "length of a session", ""}
	retentionDays   = assumed{30, "days", "until events and recordings are deleted", ""}
	copies          = assumed{2, "replicas", "of each shard", "one may be lost"}
	busy            = assumed{0.5, "of a processor", "is used on average", "the other half is for peaks, reads, and a node or replica that is missing"}
	nodeCores       = assumed{8, "cores", "of a node at most", "few large nodes make larger commits than many small ones"}
	serverCores     = assumed{8, "cores", "of a ClickHouse server", ""}
	serverBytes     = assumed{8e12, "B", "disk of a ClickHouse server", ""}
	fill            = assumed{0.7, "of a disk", "is filled at most", "merges write the new part before they delete the old ones"}
	eventBytes      = assumed{662, "B", "of disk for an event of 2.3 kB", "measured in [ADR 0008](adr/0008-clickhouse.md), whose text has random numbers between the words; bench's plain words take less, see above"}
	commitsASecond  = assumed{10, "commits", "a second of one busy node", "one follows the other, each waits for several disks; slower disks make fewer and larger ones"}
	window          = assumed{1, "s", "for which rows gather in the changed design", ""}
	openPages       = assumed{100, "people", "have the list of traces open, which asks every 4 s", ""}
)

// Values from other sources.
var (
	partsBefore   = assumed{1000, "parts", "in one partition slow inserts down, 3,000 refuse them", "parts_to_delay_insert, parts_to_throw_insert: ClickHouse's defaults"}
	advised       = assumed{1, "insert", "a second into a table, of 1,000 rows or more, is ClickHouse's advice", "clickhouse.com/docs, bulk inserts"}
	rewriteAtOnce = assumed{8, "sessions", "a node rewrites at a time", "as it is; shorter ones than 4 MiB"}
	rewriteTime   = assumed{1.5, "s", "to rewrite a session with Amazon's network", "[ADR 0007](adr/0007-recordings-in-s3.md), computed there; 0.32 s measured beside the server"}
	sweepAsk      = assumed{0.17, "s", "to ask the index about 1,000 objects", "ADR 0007, a million blocks"}
	keysListed    = assumed{1000, "objects", "one LIST returns", "S3"}
)

// Prices, in USD: Amazon's public list for us-east-1, on demand, rounded. They differ between regions, fall with volume and
// commitment, and change.
var (
	coreHour   = assumed{0.05, "USD", "for a core's hour", "general purpose, 4 GB of memory each"}
	diskMonth  = assumed{0.08, "USD", "for a GB-month of disk", "EBS gp3"}
	s3Month    = assumed{0.023, "USD", "for a GB-month of objects", "S3 Standard"}
	puts1000   = assumed{0.005, "USD", "for 1,000 PUT or LIST requests", "S3 Standard"}
	gets1000   = assumed{0.0004, "USD", "for 1,000 GET requests", "S3 Standard"}
	crossingGB = assumed{0.02, "USD", "for a GB from one zone to another", "0.01 each way; with three zones two thirds of what machines say to each other crosses"}
)

const crossing = 2.0 / 3

var everythingAssumed = []assumed{
	eventsPerMinute, sessionMinutes, retentionDays, copies, busy, nodeCores, serverCores, serverBytes, fill, eventBytes, commitsASecond,
	window, openPages, partsBefore, advised, rewriteAtOnce, rewriteTime, sweepAsk, keysListed, coreHour, diskMonth, s3Month, puts1000, gets1000, crossingGB,
}
