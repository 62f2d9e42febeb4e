package clickhouse

import (
	"fmt"
	"slices"
	"strings"

	"github.com/playheadhq/playhead/internal/store/table"
)

// definition is a table as this version has it.
type definition struct {
	name    string
	columns []column
	indexes []string
	// replacing tables merge the copies of a row into one; the others keep every row.
	replacing bool
	month     string // "" means no partitions
	sort      []string
	// granularity is the smallest number of rows that are read at once. Most reads need a few rows with all of their columns, and columns are
	// decompressed by granule, so granules are small, and those of long text even smaller. 0 means the server's default.
	granularity int
	// block is the smallest size of a compressed piece of a column, in bytes before compression; 0 means the server's default, 64 KiB. A granule is read
	// with the whole pieces that it lies in. Measured with 9.6 million events: with granules of 256 rows and pieces of 8 KiB, instead of 1,024 rows and
	// 64 KiB, the links of a page take 100 ms instead of 160, the traces of one person 130 ms instead of 260, for 7 % more disk space.
	block int
	// shard is the expression that chooses the shard of a row.
	shard string
}

type column struct{ name, definition string }

// byUUID spreads the load evenly, and puts all copies of a row on one shard, and an event with its content.
const byUUID = "sipHash64(uuid)"

// definitions are the definitions of all tables with rows of the model.
//
// sort_ms is a time that does not change if a row is sent again (time_ms may change, see sortMS), so project, sort_ms and uuid are equal for all
// copies of a row, and ReplacingMergeTree merges them into one. version is greater for earlier commits, and the greatest wins.
//
// Rows are found by ids with an index that has a dictionary of ids, in which a whole id is a token. With bloom filters every filter had to be read
// and tested, 0.6 to 2 bytes of each row. Pages look up fifty uuids at once: with a false positive rate of 0.01 each they match every third granule
// (48 of 130 measured).
var definitions = []definition{
	define(table.Events, definition{
		indexes: []string{
			"by_time time_ms TYPE minmax",
			"by_start start_ms TYPE minmax",
			"by_received received_ms TYPE minmax",
			"by_uuid uuid TYPE bloom_filter(0.001)",
			"trace_ids trace_id TYPE text(tokenizer = 'array')",
			"session_ids session_id TYPE text(tokenizer = 'array')",
			"person_ids distinct_id TYPE text(tokenizer = 'array')",
		},
		replacing: true, granularity: 256, block: 8 << 10, shard: byUUID,
	}, "sort_ms"),
	// Options.TextIndex adds an index of text.
	define(table.Contents, definition{
		indexes:   []string{"by_time time_ms TYPE minmax"},
		replacing: true, granularity: 256, shard: byUUID,
	}, "sort_ms"),
	define(table.Identities, definition{
		indexes:   []string{"by_other other_id TYPE bloom_filter(0.01)"},
		replacing: true, granularity: 1024, shard: byUUID,
	}, ""),
	define(table.Blocks, definition{
		// Keys are checked for references to them, a thousand at a time.
		indexes:   []string{"by_time last_ms TYPE minmax", "by_received received_ms TYPE minmax", "by_location location_key TYPE bloom_filter(0.01)"},
		replacing: true, granularity: 1024, shard: byUUID,
	}, ""),
	define(table.Saved, definition{replacing: true, granularity: 1024, shard: byUUID}, ""),
	define(table.Refusals, definition{shard: "rand()"}, ""),
	// Of links with the same key, the one derived last is kept. They are found by their traces, or, if they change as time passes, by that time.
	define(table.Links, definition{
		indexes: []string{
			"by_received received_ms TYPE minmax", "by_again again_ms TYPE minmax", "by_start start_ms TYPE minmax", "person_ids person TYPE text(tokenizer = 'array')",
			"session_ids session_id TYPE text(tokenizer = 'array')",
		},
		replacing: true, granularity: 256, block: 8 << 10, shard: "sipHash64(trace_id, uuid)",
	}, ""),
	// As for links.
	define(table.Experiences, definition{
		indexes: []string{
			"by_received received_ms TYPE minmax", "by_again again_ms TYPE minmax", "session_ids session_id TYPE text(tokenizer = 'array')",
		},
		replacing: true, granularity: 256, block: 8 << 10, shard: "sipHash64(trace_id, uuid)",
	}, ""),
	// Of the rows with the same key, the one derived last is kept. They are on the shards of their blocks.
	define(table.Activity, definition{
		indexes: []string{
			"by_received received_ms TYPE minmax", "session_ids session_id TYPE text(tokenizer = 'array')", "labels label TYPE text(tokenizer = 'array')",
		},
		replacing: true, granularity: 1024, shard: byUUID,
	}, ""),
	// Clues are sorted by hash and looked up by it, and by their time.
	define(table.Clues, definition{indexes: []string{"by_time at_ms TYPE minmax"}, replacing: true, granularity: 1024, shard: byUUID}, ""),
}

// define completes a definition with a table's description. sorted is a column that is used instead of time_ms for sorting and partitioning; "" means
// none.
func define[T any](t *table.Table[T], d definition, sorted string) definition {
	d.name, d.month, d.sort = t.Name, t.Month, slices.Clone(t.Sort)
	for _, c := range t.Columns {
		d.columns = append(d.columns, column{c.Name, definitionOf(c.Type, c.Hint)})
	}
	if sorted != "" {
		d.columns = append(d.columns, column{sorted, definitionOf(table.Int64, table.Near)})
		d.month = sorted
		d.sort[slices.Index(d.sort, "time_ms")] = sorted
	}
	if d.replacing {
		d.columns = append(d.columns, column{"version", "UInt64 CODEC(Delta, ZSTD)"})
	}
	return d
}

// types are ClickHouse's names of types. JSON is ” if it is absent.
var types = map[table.Type]string{
	table.UUID: "UUID", table.Text: "String", table.Int64: "Int64", table.Int32: "Int32", table.Uint8: "UInt8", table.Float64: "Float64",
	table.Bool: "Bool", table.JSON: "String", table.Int64s: "Array(Int64)", table.Int32s: "Array(Int32)",
	table.Map: "Map(LowCardinality(String), String)",
}

func definitionOf(kind table.Type, hint table.Hint) string {
	switch {
	case kind == table.UUID:
		return "UUID" // its values cannot be compressed
	case kind == table.Text && hint&table.Few != 0:
		return "LowCardinality(String)"
	case hint&table.Near != 0:
		return types[kind] + " CODEC(Delta, ZSTD)"
	case hint&table.Long != 0:
		return types[kind] + " CODEC(ZSTD(3))"
	}
	return types[kind] + " CODEC(ZSTD)"
}

// statements create the table on a server of a kind, or add its missing columns. known are the columns of the server's tables, by table. A column
// that is not known here belongs to a newer version. Every statement may be run twice, and by two nodes at the same time, because there is no lock.
func (d *definition) statements(k kind, known map[string][]string) (all []string, newer string) {
	local := d.name + k.suffix()
	if known[local] == nil {
		all = append(all, d.create(k))
	}
	if k.cluster != "" && known[d.name] == nil {
		all = append(all, fmt.Sprintf("CREATE TABLE IF NOT EXISTS %s AS %s ENGINE = Distributed(`%s`, `%s`, %s, %s)", d.name, local, k.cluster, k.database, local, d.shard))
	}
	for _, name := range []string{local, d.name} {
		has := known[name]
		if has == nil {
			continue
		}
		for _, c := range d.columns {
			if !slices.Contains(has, c.name) {
				all = append(all, fmt.Sprintf("ALTER TABLE %s ADD COLUMN IF NOT EXISTS %s %s", name, c.name, c.definition))
			}
		}
		for _, there := range has {
			if !slices.ContainsFunc(d.columns, func(c column) bool { return c.name == there }) {
				return nil, there
			}
		}
		if local == d.name {
			break
		}
	}
	return all, ""
}

// create creates the table that a server itself stores.
func (d *definition) create(k kind) string {
	var lines []string
	for _, c := range d.columns {
		lines = append(lines, "    "+c.name+" "+c.definition)
	}
	for _, index := range d.indexes {
		lines = append(lines, "    INDEX "+index)
	}
	s := "CREATE TABLE IF NOT EXISTS " + d.name + k.suffix() + " (\n" + strings.Join(lines, ",\n") + "\n)\nENGINE = " + k.engine(d.replacing)
	if d.month != "" {
		s += "\nPARTITION BY toYYYYMM(fromUnixTimestamp64Milli(" + d.month + ", 'UTC'))"
	}
	s += "\nORDER BY (" + strings.Join(d.sort, ", ") + ")\nSETTINGS "
	if d.granularity > 0 {
		s += fmt.Sprintf("index_granularity = %d, ", d.granularity)
	}
	if d.block > 0 {
		s += fmt.Sprintf("min_compress_block_size = %d, ", d.block)
	}
	return s + k.durable()
}
