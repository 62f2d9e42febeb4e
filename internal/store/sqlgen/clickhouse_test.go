package sqlgen

import (
	"context"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	ch "github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/playheadhq/playhead/internal/filter/filtertest"
	"github.com/playheadhq/playhead/internal/store/clickhouse/chtest"
)

const chddl = `
CREATE TABLE events@ (project LowCardinality(String), uuid UUID, kind UInt8, time_ms Int64, received_ms Int64, distinct_id String, session_id String, window_id String, url String,
 library LowCardinality(String), env LowCardinality(String), properties Map(String, String), trace_id String, parent_id String, conversation_id String, title String, model LowCardinality(String), provider LowCardinality(String),
 start_ms Int64, latency_ms Float64, first_token_ms Float64, input_tokens Int64, output_tokens Int64, total_tokens Int64, cache_read_tokens Int64, cache_write_tokens Int64,
 reasoning_tokens Int64, http_status Int32, is_error Bool, error String, stop_reason LowCardinality(String), metric_value String) ENGINE = ReplacingMergeTree ORDER BY (project, time_ms, uuid);
CREATE TABLE contents@ (project LowCardinality(String), uuid UUID, input String, output String) ENGINE = ReplacingMergeTree ORDER BY (project, uuid);
CREATE TABLE blocks@ (project LowCardinality(String), uuid UUID, session_id String, window_id String, distinct_id String, received_ms Int64, first_ms Int64, last_ms Int64, clicks Int32, keys Int32, url String) ENGINE = ReplacingMergeTree ORDER BY (project, session_id, uuid);
`

type chRow struct{ driver.Rows }

func (r chRow) Scan(to ...any) error {
	types := r.ColumnTypes()
	scan := make([]any, len(to))
	for i := range to {
		scan[i] = to[i]
		if _, ok := to[i].(*any); ok {
			scan[i] = reflect.New(types[i].ScanType()).Interface()
		}
	}
	if err := r.Rows.Scan(scan...); err != nil {
		return err
	}
	for i := range to {
		if a, ok := to[i].(*any); ok {
			v := reflect.ValueOf(scan[i]).Elem()
			if v.Kind() == reflect.Pointer {
				if v.IsNil() {
					*a = nil
					continue
				}
				v = v.Elem()
			}
			*a = v.Interface()
		}
	}
	return nil
}

func testClickHouse(t *testing.T, shards int) {
	servers, err := chtest.Start(context.Background(), t.TempDir(), shards)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { servers.Close() })
	n := 0
	compare(t, ClickHouse, 4, 100, func(t *testing.T, w, other *filtertest.World) (query, func()) {
		n++
		db := fmt.Sprint("db", n)
		suffix := ""
		if shards > 1 {
			suffix = "_local"
		}
		for i := range shards {
			ask := func(q string) {
				if _, err := servers.At(i).Query(t.Context(), q); err != nil {
					t.Fatal(err)
				}
			}
			ask("CREATE DATABASE " + db)
			for q := range strings.SplitSeq(chddl, ";\n") {
				if q = strings.TrimSpace(q); q != "" {
					ask(strings.Replace(strings.Replace(q, "TABLE ", "TABLE "+db+".", 1), "@", suffix, 1))
				}
			}
			if shards > 1 {
				for _, table := range []string{"events", "contents", "blocks"} {
					ask(fmt.Sprintf("CREATE TABLE %[1]s.%[2]s AS %[1]s.%[2]s_local ENGINE = Distributed(%[3]s, %[1]s, %[2]s_local, sipHash64(uuid))", db, table, chtest.ClusterName))
				}
			}
		}
		o, err := ch.ParseDSN(servers.URL(db))
		if err != nil {
			t.Fatal(err)
		}
		o.Settings = ch.Settings{"distributed_product_mode": "local", "distributed_foreground_insert": 1, "join_use_nulls": 0, "do_not_merge_across_partitions_select_final": 1}
		conn, err := ch.Open(o)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // each row twice
			fillClickHouse(t, conn, w, "a")
		}
		fillClickHouse(t, conn, other, "b")
		return func(ctx context.Context, s Statement, scan func(row) error) error {
			var args []any
			for _, v := range s.Values {
				args = append(args, ch.Named(v.Name, v.Value))
			}
			rows, err := conn.Query(ctx, s.SQL, args...)
			if err != nil {
				return fmt.Errorf("%w\n%s\n%v", err, s.SQL, s.Values)
			}
			defer rows.Close()
			for rows.Next() {
				if err := scan(chRow{rows}); err != nil {
					return fmt.Errorf("%w\n%s", err, s.SQL)
				}
			}
			return rows.Err()
		}, func() { conn.Close() }
	})
}

func fillClickHouse(t *testing.T, conn driver.Conn, w *filtertest.World, project string) {
	t.Helper()
	add := func(table string, n int, row func(i int) []any) {
		b, err := conn.PrepareBatch(t.Context(), "INSERT INTO "+table)
		for i := 0; i < n && err == nil; i++ {
			err = b.Append(row(i)...)
		}
		if err == nil {
			err = b.Send()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	add("events", len(w.Events), func(i int) []any {
		e := &w.Events[i]
		m := map[string]string{}
		for _, p := range e.Properties {
			m[p.Name] = p.Value
		}
		k := e.Tokens
		return []any{project, e.UUID, uint8(e.Kind), e.TimeMS, e.ReceivedMS, e.DistinctID, e.SessionID, e.WindowID, e.URL, e.Library, e.Env, m, e.TraceID, e.ParentID,
			e.ConversationID, e.Title, e.Model, e.Provider, e.StartMS, e.LatencyMS, e.FirstTokenMS, k.Input, k.Output, k.Total, k.CacheRead, k.CacheWrite, k.Reasoning,
			e.HTTPStatus, e.IsError, e.Error, e.StopReason, e.MetricValue}
	})
	add("contents", len(w.Contents), func(i int) []any {
		c := &w.Contents[i]
		return []any{project, c.UUID, string(c.Input), string(c.Output)}
	})
	add("blocks", len(w.Blocks), func(i int) []any {
		b := &w.Blocks[i]
		return []any{project, b.UUID, b.SessionID, b.WindowID, b.DistinctID, b.ReceivedMS, b.FirstMS, b.LastMS, b.Clicks, b.Keys, b.URL}
	})
}

func asked(t *testing.T, backend string) {
	if !slices.Contains(strings.Split(os.Getenv("PLAYHEAD_TEST_BACKENDS"), ","), backend) {
		t.SkipNow()
	}
}

func TestClickHouse(t *testing.T)       { asked(t, "clickhouse"); testClickHouse(t, 1) }
func TestClickHouseShards(t *testing.T) { asked(t, "clickhouse-shards"); testClickHouse(t, 2) }
