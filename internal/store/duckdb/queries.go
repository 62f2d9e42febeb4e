//go:build cgo

package duckdb

import (
	"context"
	"database/sql"
	"embed"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

//go:embed queries/*.sql
var queryFiles embed.FS

// queries holds the statements by file name without ".sql", their parts put in.
var queries = loadQueries()

// parameters holds the names that each statement binds.
var parameters = namesIn(queries)

func loadQueries() map[string]string {
	names, err := fs.Glob(queryFiles, "queries/*.sql")
	if err != nil {
		panic(err)
	}
	all := map[string]string{}
	for _, name := range names {
		if !strings.HasSuffix(name, ".part.sql") {
			all[strings.TrimSuffix(path.Base(name), ".sql")] = loadQuery(name)
		}
	}
	return all
}

// loadQuery reads a file and puts the parts in that it names with "--: part" lines.
func loadQuery(name string) string {
	text, err := queryFiles.ReadFile(name)
	if err != nil {
		panic(err) // the files are compiled in
	}
	var out strings.Builder
	for line := range strings.Lines(string(text)) {
		if part, ok := strings.CutPrefix(strings.TrimSpace(line), "--: "); ok {
			out.WriteString(loadQuery("queries/" + part + ".part.sql"))
			continue
		}
		out.WriteString(line)
	}
	return out.String()
}

func namesIn(statements map[string]string) map[string][]string {
	parameter := regexp.MustCompile(`\$([a-z_]+)`)
	names := map[string][]string{}
	for query, statement := range statements {
		for _, match := range parameter.FindAllStringSubmatch(statement, -1) {
			if !slices.Contains(names[query], match[1]) {
				names[query] = append(names[query], match[1])
			}
		}
	}
	return names
}

// values are what may be bound, by parameter name; a query takes those that it names.
type values map[string]any

func (v values) with(name string, value any) values {
	v[name] = value
	return v
}

// querier is a pool, where each query sees what is stored when it begins, or a transaction, where all see the same.
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
			value = text(x)
		case []string:
			clean := make([]string, len(x)) // never nil, which would be NULL
			for i := range x {
				clean[i] = text(x[i])
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
