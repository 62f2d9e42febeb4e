package clickhouse

import (
	"context"
	"embed"
	"fmt"
	"regexp"

	ch "github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/playheadhq/playhead/internal/store/statements"
	"github.com/playheadhq/playhead/internal/store/table"
)

//go:embed queries/*.sql
var queryFiles embed.FS

// queries holds the statements by file name without ".sql", and parameters the names that each binds.
var queries, parameters = statements.Load(queryFiles, map[string]string{
	"event_columns":      table.Events.Names("e."),
	"content_columns":    table.Contents.Names("c."),
	"identity_columns":   table.Identities.Names("i."),
	"block_columns":      table.Blocks.Names("b."),
	"link_columns":       table.Links.Names("l."),
	"activity_columns":   table.Activity.Names("a."),
	"clue_columns":       table.Clues.Names("c."),
	"experience_columns": table.Experiences.Names("x."),
	"saved_columns":      table.Saved.Names("s."),
}, regexp.MustCompile(`\{([a-z_]+):`))

// values are the values that can be bound, by parameter name; a query uses those that it names.
type values map[string]any

// query runs a statement of queries/ and calls scan for every row.
func query(ctx context.Context, conn driver.Conn, name string, v values, scan func(driver.Rows) error) error {
	args, err := v.args(name)
	if err != nil {
		return err
	}
	rows, err := conn.Query(ctx, queries[name], args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// exec runs a statement of queries/ that returns nothing.
func exec(ctx context.Context, conn driver.Conn, name string, v values) error {
	args, err := v.args(name)
	if err != nil {
		return err
	}
	return conn.Exec(ctx, queries[name], args...)
}

// args are the values that a statement names, as the driver takes them.
func (v values) args(name string) ([]any, error) {
	var args []any
	for _, p := range parameters[name] {
		value, ok := v[p]
		if !ok {
			return nil, fmt.Errorf("query %s: no value for %s", name, p)
		}
		switch x := value.(type) {
		case string:
			value = table.Clean(x)
		case []string:
			clean := make([]string, len(x)) // never nil, which would be NULL
			for i := range x {
				clean[i] = table.Clean(x[i])
			}
			value = clean
		}
		args = append(args, ch.Named(p, value))
	}
	return args, nil
}
