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
	// replacing tables make the copies of a row one; the others keep each.
	replacing bool
	month     string // "" is no parts
	sort      []string
	// granularity is how many rows are read at once at least. Most reads want a few rows and all of their columns, and each column is
	// decompressed by the granule: so granules are small, those of long text smaller still. 0 is the server's.
	granularity int
	// shard says on which shard a row lies.
	shard string
}

type column struct{ name, definition string }

// byUUID spreads the load evenly, and all copies of a row meet on one shard, an event with its content.
const byUUID = "sipHash64(uuid)"

// definitions are those of all tables whose rows are the model's.
//
// sort_ms is a time that a row sent again has again (time_ms need not be such a time, see sortMS), so project, sort_ms and uuid are the
// same for all copies of a row and ReplacingMergeTree makes one of them; version is greater for what was committed earlier, and the
// greatest wins.
//
// Who looks something up by an id finds its rows in a dictionary of ids, of which a whole id is a token: by bloom filters, every filter
// had to be read and asked, 0.6 to 2 bytes of each row. Pages ask for fifty uuids at once: with a chance of 0.01 each they find every
// third granule (48 of 130 measured).
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
		replacing: true, granularity: 1024, shard: byUUID,
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
		// Whether anything lies under a key is asked for all keys, a thousand at a time.
		indexes:   []string{"by_time last_ms TYPE minmax", "by_received received_ms TYPE minmax", "by_location location_key TYPE bloom_filter(0.01)"},
		replacing: true, granularity: 1024, shard: byUUID,
	}, ""),
	define(table.Refusals, definition{shard: "rand()"}, ""),
	// Of the links of one key the one derived last wins. They are found by their traces, and by time where they change with it.
	define(table.Links, definition{
		indexes:   []string{"by_received received_ms TYPE minmax", "by_again again_ms TYPE minmax", "person_ids person TYPE text(tokenizer = 'array')"},
		replacing: true, granularity: 1024, shard: "sipHash64(trace_id, uuid)",
	}, ""),
}

// define completes a definition by a table's description. Sorted is a column that takes the place of time_ms where rows are sorted and
// parted, "" for none.
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

// types are how ClickHouse calls them. JSON is ” where it is absent.
var types = map[table.Type]string{
	table.UUID: "UUID", table.Text: "String", table.Int64: "Int64", table.Int32: "Int32", table.Uint8: "UInt8", table.Float64: "Float64",
	table.Bool: "Bool", table.JSON: "String", table.Int64s: "Array(Int64)", table.Int32s: "Array(Int32)",
	table.Map: "Map(LowCardinality(String), String)",
}

func definitionOf(kind table.Type, hint table.Hint) string {
	switch {
	case kind == table.UUID:
		return "UUID" // does not compress
	case kind == table.Text && hint&table.Few != 0:
		return "LowCardinality(String)"
	case hint&table.Near != 0:
		return types[kind] + " CODEC(Delta, ZSTD)"
	case hint&table.Long != 0:
		return types[kind] + " CODEC(ZSTD(3))"
	}
	return types[kind] + " CODEC(ZSTD)"
}

// statements make the table on a server of a kind, or give it the columns that it lacks. Known are the columns of the server's tables, by
// table. A column that is not known here is a newer version's. Every statement may be run twice, and by two nodes at once: there is no
// lock to take.
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

// create makes the table that a server keeps itself.
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
	return s + k.durable()
}
