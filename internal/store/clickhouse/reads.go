package clickhouse

import (
	"context"
	"maps"

	ch "github.com/ClickHouse/clickhouse-go/v2"

	"github.com/playheadhq/playhead/internal/store"
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

// patient makes a search for text, which may look at everything, let commits and other queries go first, where the server is allowed to
// say so to the system (CAP_SYS_NICE).
func patient(ctx context.Context, f *store.Filter) context.Context {
	if f.Text == "" {
		return ctx
	}
	return ch.Context(ctx, ch.WithSettings(ch.Settings{"os_threads_nice_value_query": 10}))
}
