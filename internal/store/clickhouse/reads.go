package clickhouse

import (
	"maps"

	ch "github.com/ClickHouse/clickhouse-go/v2"
)

// reading are the options of the connections for queries. Commits have other connections, so they do not wait for queries.
func reading(o *ch.Options) *ch.Options {
	reads := *o
	reads.Settings = maps.Clone(o.Settings)
	for setting, value := range limits {
		if _, given := reads.Settings[setting]; !given {
			reads.Settings[setting] = value
		}
	}
	return &reads
}

// limits are the limits of a query. The driver tells the server its timeout from the context.
var limits = ch.Settings{
	// A query that needs more memory fails alone, instead of using up the server's memory for everybody. Sums of many groups use the disk from half
	// of this size on.
	"max_memory_usage": 4 << 30,
	// Nothing reads them.
	"send_profile_events": 0,
}
