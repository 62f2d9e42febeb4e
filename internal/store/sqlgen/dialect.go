package sqlgen

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/playheadhq/playhead/internal/filter"
)

// Dialect has the differences between engines. Its arguments are inserted as they are; they have no side effects, so they may be repeated.
type Dialect struct {
	// bound refers to the bound value with this name, by its Go type: string, []string, int64, float64 or uuid.UUID.
	bound func(name string, value any) string
	// from is a table with an alias, in which each row occurs once.
	from func(table, alias string) string
	// latest is from without copies, for the rows that meet a condition on columns that are equal in all copies. The key identifies a row. It is nil if
	// from is as fast: ClickHouse's FINAL must read all rows whose keys are among those of the rows that are needed.
	latest func(table, alias, where, key string) string
	// rare is a condition that speeds up looking for events of kinds of which there are few, rareLinks for links of which few copies meet a condition.
	// They are nil if they do not help.
	rare      func(alias, project, kinds string) string
	rareLinks func(alias, project, where string) string
	// in is the condition that x is among the rows of a subquery that reads everything; inList that it is in a bound []string.
	in, inList func(x, list string) string
	// contains is inList for an x in anyOf, where DuckDB allows no subqueries.
	contains func(list, x string) string
	// join is a LEFT JOIN of a subquery.
	join string
	// renamed is x, or the item of the second bound list at the position of x in the first. joined means that it needs a join with an alias.
	renamed func(x, from, to string) (expression, joined string)

	// like is the condition that a text matches a pattern.
	like func(x string, pattern filter.Value, bind func(any) string) string
	// search binds a search, for JSON or for plain text; finds is the condition that the search matches the text x.
	search func(s filter.Search, json bool, bind func(any) string) string
	finds  func(x, search string) string
	// lowerHas is the condition that the text x in lower case contains a part.
	lowerHas func(x, part string) string
	property func(properties, name string) string
	noMap    string

	uuidText func(x string) string
	// uuidOrder converts a uuid to a value that sorts by the uuid's bytes.
	uuidOrder func(x string) string
	// ints is a whole number as a BIGINT, floats any number as a DOUBLE.
	ints, floats func(x string) string

	// values is the list of the different values of x in a group, without NULL; explode gives a row for each item of a list, at least one.
	values, explode func(x string) string
	// json converts a list to JSON. inUUIDs is the condition that x is in a bound []string of uuids.
	json    func(list string) string
	inUUIDs func(x, list string) string
	// lines is the list of the lines of a text, which is empty for ""; merged is the list of the distinct values in a group of lists.
	lines, merged func(x string) string
	// union is the list of the values that are in at least one of two lists.
	union func(a, b string) string
	// anyOf is the condition that a list has an element that meets a condition.
	anyOf  func(list string, holds func(x string) string) string
	bitAnd func(x, bits string) string
	// bit is the bit of a BIGINT at a place, 0 or 1.
	bit func(x string, place int) string
	// known is an x that is not NULL.
	known func(x string) string
	// spread are lists, of the different values of x in a group and of their numbers, over the rows that meet a condition.
	spread func(x, only string) (values, counts string)
	// hashes is the list of the hashes of the different texts of x in a group, see Hash. It may be NULL if there are none.
	hashes func(x string) string
	// all is the list of all values in the lists of a group, for sums over it; ofAll computes a measure of it.
	ofAll   func(list, measure string, share float64) string
	firstBy func(x string, order ...string) string
	// least is the smallest of a list, NULL of none.
	least func(list string) string
	uniq  func(x string) string
	// texts is uniq for texts, of which there may be millions: for DuckDB it counts their hashes of 64 bits, which takes half the time and a third of
	// the memory. Among ten million texts, two have the same hash with a probability of three in a million.
	texts func(x string) string
	// totals adds to the groups of a statement one group over all rows; "" if this takes as long as another statement.
	totals string
	// countIf counts the rows that meet a condition. Of ClickHouse's processor time for Impact's strata (540 ms for a million answers) this saves 90 ms.
	countIf func(condition string) string
	// some is avg, min or max of x, NULL if there are no values.
	some func(aggregate, x string) string
	// edge is the x of the row with the first or last at; if several rows have it, the smallest or largest x. Rows with NULL for x are ignored; if
	// there are no other rows, it is NULL.
	edge func(name, x, at string) string
	// variance is the sample variance, NULL for fewer than two values.
	variance func(x string) string
	// percentile is the nth of the shares of x in a group, exact and interpolated; calls of the same x and shares are one.
	percentile func(x string, shares []float64, n int) string
}

// DuckDB is the dialect of DuckDB.
var DuckDB = &Dialect{
	bound: func(name string, value any) string {
		types := map[string]string{"[]string": "VARCHAR[]", "string": "VARCHAR", "uuid.UUID": "UUID", "float64": "DOUBLE", "int64": "BIGINT"}
		return fmt.Sprintf("%c%s::%s", '$', name, types[fmt.Sprintf("%T", value)])
	},
	from:     func(table, alias string) string { return table + " AS " + alias },
	in:       func(x, query string) string { return x + " IN (" + query + ")" },
	inList:   func(x, list string) string { return x + " IN (SELECT unnest(" + list + "))" },
	contains: func(list, x string) string { return "list_contains(" + list + ", " + x + ")" },
	join:     "LEFT JOIN",
	renamed: func(x, from, to string) (string, string) {
		return "coalesce(renamed.now, " + x + ")", " LEFT JOIN (SELECT unnest(" + from + ") AS was, unnest(" + to + ") AS now) AS renamed ON renamed.was = " + x
	},
	like: func(x string, pattern filter.Value, bind func(any) string) string {
		return "regexp_full_match(" + x + ", " + bind(Regexp(pattern)) + ")"
	},
	// finds is our own function, see finds.go of package duckdb.
	search: func(s filter.Search, _ bool, bind func(any) string) string {
		text, err := json.Marshal(s)
		if err != nil {
			panic(err)
		}
		return bind(string(text))
	},
	finds:    func(x, search string) string { return "finds(" + x + ", " + search + ")" },
	lowerHas: func(x, part string) string { return "contains(lower(" + x + "), " + part + ")" },
	property: func(properties, name string) string {
		return "coalesce(map_extract_value(" + properties + ", " + name + "), '')"
	},
	noMap:     "CAST(MAP {} AS MAP(VARCHAR, VARCHAR))",
	uuidText:  func(x string) string { return "CAST(" + x + " AS VARCHAR)" },
	uuidOrder: func(x string) string { return x },
	ints:      func(x string) string { return "CAST(" + x + " AS BIGINT)" },
	floats:    func(x string) string { return "CAST(" + x + " AS DOUBLE)" },
	values: func(x string) string {
		return "list_distinct(list(" + x + "))" // without NULL; list(DISTINCT) takes ten times as long with many groups
	},
	json:    func(list string) string { return "CAST(to_json(" + list + ") AS VARCHAR)" },
	inUUIDs: func(x, list string) string { return x + " IN (SELECT CAST(unnest(" + list + ") AS UUID))" },
	lines: func(x string) string {
		return "CASE WHEN " + x + " = '' THEN [] ELSE string_split(" + x + ", chr(10)) END"
	},
	merged:  func(x string) string { return "list_distinct(flatten(list(" + x + ")))" },
	union:   func(a, b string) string { return "list_distinct(" + a + " || " + b + ")" },
	explode: func(x string) string { return "unnest(CASE WHEN len(" + x + ") = 0 THEN [NULL] ELSE " + x + " END)" },
	anyOf: func(list string, holds func(string) string) string {
		return "len(list_filter(" + list + ", lambda x: " + holds("x") + ")) > 0"
	},
	bitAnd: func(x, bits string) string { return "(" + x + " & " + bits + ")" },
	bit:    func(x string, place int) string { return fmt.Sprintf("(%s >> %d & 1)", x, place) },
	ofAll: func(list, measure string, share float64) string {
		all := "flatten(list(" + list + "))"
		switch measure {
		case "uniq":
			return "len(list_distinct(" + all + "))"
		case "variance":
			return "list_aggregate(" + all + ", 'var_samp')"
		case "percentile":
			return fmt.Sprintf("list_aggregate(%s, 'quantile_cont', %v)", all, share)
		}
		return "list_aggregate(" + all + ", '" + measure + "')"
	},
	least: func(list string) string { return "list_min(" + list + ")" },
	firstBy: func(x string, order ...string) string {
		return "arg_min(" + x + ", (" + strings.Join(order, ", ") + "))"
	},
	known: func(x string) string { return x },
	spread: func(x, only string) (values, counts string) {
		all := "histogram(" + x + ") FILTER (" + only + ")"
		return "map_keys(" + all + ")", "map_values(" + all + ")"
	},
	hashes: func(x string) string {
		return "list_transform(list_distinct(list(" + x + ")), lambda x: md5_number_upper(x))"
	},
	uniq: func(x string) string { return "count(DISTINCT " + x + ")" },
	texts: func(x string) string {
		return "count(DISTINCT CASE WHEN " + x + " IS NOT NULL THEN hash(" + x + ") END)"
	},
	edge: func(name, x, at string) string {
		return map[string]string{"first": "arg_min(", "last": "arg_max("}[name] + x + ", (" + at + ", " + x + ")) FILTER (" + x + " IS NOT NULL)"
	},
	variance: func(x string) string { return "var_samp(" + x + ")" },
	countIf:  func(condition string) string { return "count(CASE WHEN " + condition + " THEN 1 END)" },
	some:     func(aggregate, x string) string { return aggregate + "(" + x + ")" },
	percentile: func(x string, shares []float64, n int) string {
		return fmt.Sprintf("quantile_cont(%s, [%s])[%d]", x, list(shares), n+1)
	},
}

// ClickHouse is the dialect of ClickHouse.
var ClickHouse = &Dialect{
	bound: func(name string, value any) string {
		types := map[string]string{"[]string": "Array(String)", "string": "String", "uuid.UUID": "UUID", "float64": "Float64", "int64": "Int64"}
		return "{" + name + ":" + types[fmt.Sprintf("%T", value)] + "}"
	},
	// FINAL reduces the copies of a row to one.
	from: func(table, alias string) string { return table + " AS " + alias + " FINAL" },
	latest: func(table, alias, where, key string) string {
		return "(SELECT * FROM " + table + " AS " + alias + " WHERE " + where + " ORDER BY version DESC LIMIT 1 BY " + key + ") AS " + alias
	},
	rare: func(alias, project, kinds string) string {
		return "(" + alias + ".sort_ms, " + alias + ".uuid) IN (SELECT sort_ms, uuid FROM events WHERE project = " + project + " AND kind IN (" + kinds + "))"
	},
	rareLinks: func(alias, project, where string) string {
		return "(" + alias + ".trace_id, " + alias + ".uuid) IN (SELECT trace_id, uuid FROM links WHERE project = " + project + " AND " + where + ")"
	},
	in:       func(x, query string) string { return x + " GLOBAL IN (" + query + ")" },
	inList:   func(x, list string) string { return x + " IN " + list },
	contains: func(list, x string) string { return "has(" + list + ", " + x + ")" },
	join:     "GLOBAL LEFT JOIN",
	renamed: func(x, from, to string) (string, string) {
		return "transform(" + x + ", " + from + ", " + to + ", " + x + ")", ""
	},
	like: func(x string, pattern filter.Value, bind func(any) string) string {
		return x + " LIKE " + bind(Like(pattern))
	},
	search:    func(s filter.Search, json bool, bind func(any) string) string { return bind(pattern(s, json)) },
	finds:     func(x, search string) string { return "match(" + x + ", " + search + ")" },
	lowerHas:  func(x, part string) string { return "lowerUTF8(" + x + ") LIKE concat('%', " + part + ", '%')" },
	property:  func(properties, name string) string { return properties + "[" + name + "]" },
	noMap:     "CAST(map(), 'Map(String, String)')",
	uuidText:  func(x string) string { return "toString(" + x + ")" },
	uuidOrder: func(x string) string { return "UUIDToNum(" + x + ")" },
	ints:      func(x string) string { return "toInt64(" + x + ")" },
	floats:    func(x string) string { return "toFloat64(" + x + ")" },
	values: func(x string) string {
		return "groupUniqArrayIf(assumeNotNull(" + x + "), isNotNull(" + x + "))"
	},
	json:    func(list string) string { return "toJSONString(" + list + ")" },
	inUUIDs: func(x, list string) string { return x + " IN arrayMap(x -> toUUID(x), " + list + ")" },
	lines:   func(x string) string { return "arrayFilter(x -> x <> '', splitByChar('\\n', " + x + "))" },
	merged:  func(x string) string { return "groupUniqArrayArray(" + x + ")" },
	union:   func(a, b string) string { return "arrayDistinct(arrayConcat(" + a + ", " + b + "))" },
	explode: func(x string) string {
		return "arrayJoin(if(empty(" + x + "), [NULL], arrayMap(x -> toNullable(x), " + x + ")))"
	},
	anyOf: func(list string, holds func(string) string) string {
		return "arrayExists(x -> " + holds("x") + ", " + list + ")"
	},
	bitAnd: func(x, bits string) string { return "bitAnd(" + x + ", " + bits + ")" },
	bit:    func(x string, place int) string { return fmt.Sprintf("bitTest(%s, %d)", x, place) },
	ofAll: func(list, measure string, share float64) string {
		switch measure {
		case "uniq":
			return "uniqExactArray(" + list + ")"
		case "variance":
			return fmt.Sprintf("if(sum(length(%[1]s)) < 2, NULL, varSampStableArray(%[1]s))", list)
		case "percentile":
			return fmt.Sprintf("if(sum(length(%[1]s)) = 0, NULL, quantileExactInclusiveArray(%[2]v)(%[1]s))", list, share)
		}
		return fmt.Sprintf("if(sum(length(%[1]s)) = 0, NULL, %[2]sArray(%[1]s))", list, measure)
	},
	least: func(list string) string { return "if(empty(" + list + "), NULL, arrayMin(" + list + "))" },
	firstBy: func(x string, order ...string) string {
		return "argMin(" + x + ", (" + strings.Join(order, ", ") + "))"
	},
	known: func(x string) string { return "assumeNotNull(" + x + ")" },
	spread: func(x, only string) (values, counts string) {
		all := "sumMapIf([" + x + "], [toUInt32(1)], " + only + ")"
		return all + ".1", all + ".2"
	},
	hashes: func(x string) string {
		return "arrayMap(x -> reinterpretAsUInt64(substring(MD5(x), 1, 8)), groupUniqArrayIf(assumeNotNull(" + x + "), isNotNull(" + x + ")))"
	},
	uniq:   func(x string) string { return "uniqExact(" + x + ")" },
	texts:  func(x string) string { return "uniqExact(" + x + ")" },
	totals: " WITH TOTALS",
	edge: func(name, x, at string) string {
		return "if(count(" + x + ") = 0, NULL, " + map[string]string{"first": "argMinIf", "last": "argMaxIf"}[name] + "(assumeNotNull(" + x + "), (" + at + ", assumeNotNull(" + x + ")), isNotNull(" + x + ")))"
	},
	variance: func(x string) string {
		return "if(count(" + x + ") < 2, NULL, varSampStable(" + x + "))"
	},
	countIf: func(condition string) string { return "countIf(" + condition + ")" },
	some:    func(aggregate, x string) string { return aggregate + "OrNull(" + x + ")" },
	percentile: func(x string, shares []float64, n int) string {
		return fmt.Sprintf("if(count(%[1]s) = 0, NULL, quantilesExactInclusive(%[2]s)(%[1]s)[%[3]d])", x, list(shares), n+1)
	},
}

func list(shares []float64) string {
	return strings.Trim(strings.Join(strings.Fields(fmt.Sprint(shares)), ", "), "[]")
}
