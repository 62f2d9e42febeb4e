package clickhouse

import (
	"context"
	"fmt"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// aged are the tables whose rows grow old, with the column that says when. Who is who does not.
var aged = []struct{ table, column string }{
	{"events", "time_ms"}, {"contents", "time_ms"}, {"blocks", "last_ms"}, {"refusals", "last_ms"},
}

// retain makes a server's tables drop rows after the given number of days, or keep them for 0. ClickHouse drops them while
// it merges, some hours late. Nodes that say different numbers take turns: the last one to start is right.
func retain(ctx context.Context, conn driver.Conn, k kind, days int, address string) error {
	for _, a := range aged {
		table := a.table
		if k.cluster != "" {
			table += "_local"
		}
		want := ""
		if days > 0 {
			want = fmt.Sprintf("toDateTime(intDiv(%s, 1000)) + toIntervalDay(%d)", a.column, days)
		}
		var now string
		err := query(ctx, conn, "retention", values{"table": table}, func(r driver.Rows) error { return r.Scan(&now) })
		if err != nil {
			return fmt.Errorf("read retention of %s at %s: %w", table, address, classify(err))
		}
		if now == want {
			continue
		}
		statement := "ALTER TABLE " + table + " REMOVE TTL"
		if want != "" {
			// What is there already is looked at by the next merges, not rewritten now.
			statement = "ALTER TABLE " + table + " MODIFY TTL " + want + " SETTINGS materialize_ttl_after_modify = 0"
		}
		if err := change(ctx, conn, statement); err != nil {
			return fmt.Errorf("set retention of %s at %s to %d days: %w", table, address, days, classify(err))
		}
	}
	return nil
}
