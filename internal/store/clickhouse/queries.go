package clickhouse

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	ch "github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
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
			// The driver sends one statement at a time and wants no end of it.
			all[strings.TrimSuffix(path.Base(name), ".sql")] = strings.TrimSuffix(strings.TrimSpace(loadQuery(name)), ";")
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
	parameter := regexp.MustCompile(`\{([a-z_]+):`)
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
			value = text(x)
		case []string:
			clean := make([]string, len(x)) // never nil, which would be NULL
			for i := range x {
				clean[i] = text(x[i])
			}
			value = clean
		}
		args = append(args, ch.Named(p, value))
	}
	return args, nil
}
