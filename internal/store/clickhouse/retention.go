package clickhouse

import (
	"context"
	"fmt"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/playheadhq/playhead/internal/store"
)

// aged are the tables whose rows are dropped by age, with the column of their time. Identities are not dropped.
var aged = []struct{ table, column string }{
	{"events", "time_ms"}, {"contents", "time_ms"}, {"blocks", "last_ms"}, {"refusals", "last_ms"}, {"links", "time_ms"}, {"activity", "time_ms"},
	{"experiences", "time_ms"}, {"clues", "time_ms"},
}

// retain makes a server's tables drop the rows of projects after a number of days. ClickHouse drops them when it merges, some hours late. If nodes
// have different numbers, the last one to start determines them.
func retain(ctx context.Context, conn driver.Conn, k kind, after store.Retention, address string) error {
	for _, a := range aged {
		table := a.table + k.suffix()
		var rules []string // written as ClickHouse writes them, for comparison
		for _, project := range after.Projects() {
			rules = append(rules, fmt.Sprintf("toDateTime(intDiv(%s, 1000)) + toIntervalDay(%d) WHERE project = '%s'", a.column, after[project], escapeLiteral(project)))
		}
		want := strings.Join(rules, ", ")
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
			// Existing rows are dropped by the next merges; the tables are not rewritten now.
			statement = "ALTER TABLE " + table + " MODIFY TTL " + want + " SETTINGS materialize_ttl_after_modify = 0"
		}
		if err := change(ctx, conn, statement); err != nil {
			return fmt.Errorf("set retention of %s at %s: %w", table, address, classify(err))
		}
	}
	return nil
}

// escapeLiteral escapes a text for a literal between quotes: a retention rule cannot have bound values.
func escapeLiteral(s string) string { return strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) }
