//go:build cgo

package duckdb

import (
	"context"
	"database/sql"
	"embed"
	"regexp"

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
}, regexp.MustCompile(`\$([a-z_]+)`))

// values are the values that can be bound, by parameter name; a query uses those that it names.
type values map[string]any

func (v values) with(name string, value any) values {
	v[name] = value
	return v
}

// querier is either a pool, in which each query sees what is stored when it begins, or a transaction, in which all queries see the same state.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// query runs a statement of queries/ and calls scan for every row.
func query(ctx context.Context, db querier, name string, v values, scan func(*sql.Rows) error) error {
	var args []any
	for _, p := range parameters[name] {
		value := v[p]
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
		args = append(args, sql.Named(p, value))
	}
	rows, err := db.QueryContext(ctx, queries[name], args...)
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
