//go:build cgo

package duckdb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	encoding "encoding/json"
	"fmt"
	"sync"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"github.com/playheadhq/playhead/internal/filter"
)

// registerFinds adds the function finds(text, search) to an instance, which reports whether a search matches a text. DuckDB would need 10 ms to
// compile an equivalent regular expression, for each text column, each time.
func registerFinds(ctx context.Context, db *sql.DB) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := duckdb.RegisterScalarUDF(conn, "finds", &finds{searches: map[string]filter.Search{}}); err != nil {
		return fmt.Errorf("register finds: %w", err)
	}
	return nil
}

type finds struct {
	mu       sync.Mutex
	searches map[string]filter.Search // by their JSON: the searches that were parsed last
}

// Config implements duckdb.ScalarFunc.
func (*finds) Config() duckdb.ScalarFuncConfig {
	text, err := duckdb.NewTypeInfo(duckdb.TYPE_VARCHAR)
	if err != nil {
		panic(err)
	}
	boolean, err := duckdb.NewTypeInfo(duckdb.TYPE_BOOLEAN)
	if err != nil {
		panic(err)
	}
	return duckdb.ScalarFuncConfig{InputTypeInfos: []duckdb.TypeInfo{text, text}, ResultTypeInfo: boolean}
}

// Executor implements duckdb.ScalarFunc.
func (f *finds) Executor() duckdb.ScalarFuncExecutor {
	return duckdb.ScalarFuncExecutor{RowExecutor: func(v []driver.Value) (any, error) {
		s, err := f.search(v[1].(string))
		if err != nil {
			return nil, err
		}
		return s.In(v[0].(string)), nil
	}}
}

func (f *finds) search(text string) (filter.Search, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s, known := f.searches[text]
	if known {
		return s, nil
	}
	if err := encoding.Unmarshal([]byte(text), &s); err != nil {
		return s, fmt.Errorf("read a search: %w", err)
	}
	if len(f.searches) > 100 {
		clear(f.searches)
	}
	f.searches[text] = s
	return s, nil
}
