package clickhouse

import (
	"maps"

	ch "github.com/ClickHouse/clickhouse-go/v2"
)

// reading are the options of the connections that queries have to themselves: however many of those run, a commit finds a
// connection.
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

// limits are those of a query. How long it may take, the driver tells the server from the context.
var limits = ch.Settings{
	// What needs more fails by itself, and not because the server has no more for anybody. Sums of many groups go to disk at
	// half of it.
	"max_memory_usage": 4 << 30,
	// Nobody looks at them.
	"send_profile_events": 0,
}
