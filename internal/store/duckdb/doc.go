// Package duckdb stores events and the index of recordings in one DuckDB file, for a server on one machine.
//
// A Store has one writing connection, which uses DuckDB's appenders, and a small pool of reading ones. One Commit is one transaction whose log record
// is fsynced when it returns. DuckDB needs cgo; without it Open returns an error that says so.
//
// # Queries
//
// The tables are made from their descriptions (package table, see definitions). Every other statement is a file in queries/ or migrations/. Values
// are always bound, and never written into the text. A line "--: name" in a query stands for the file queries/name.part.sql (package statements), or
// for a table's columns; testdata/queries.golden.sql has the complete statements (go test -run Golden -update). Optional conditions are written ($x =
// ” OR column = $x): DuckDB knows the bound values when it plans, evaluates what is constant, and moves the rest into the scan.
//
// DuckDB plans a statement again for the values of each run, prepared or not, and this is most of the cost of a short one: 0.2 ms for one table and a
// comparison, 1 to 2 with a join, 7 for the sums of traces. Therefore the most frequent reads have their own short statements, in addition to the
// general ones.
//
// # Finding
//
// Nothing in the tables is sorted by trace or session, and there is no index in DuckDB. An index in memory (see index) knows when the events of an id
// were received, and statements skip the row groups of other times.
//
// # Recent
//
// The events and links of the newest traces are also kept in memory, for deriving links (see recent): deriving then need not read what was just
// stored, and does not try to delete links that do not exist.
//
// # Text
//
// Prompts and answers are in files of blocks beside the database (package texts), which has a row for each block. A commit makes the bytes durable
// while DuckDB receives the rows, and then the rows that refer to them. Blocks are packed at the same time as commits; commits wait only while rows
// are exchanged. No reader may wait for text while another of its calls holds an engine: see Contents.
//
// # Once
//
// Each key (project and uuid) is stored only once, because the only writer keeps a fingerprint of each key in memory (see seen). DuckDB's own unique
// index was rejected: it must be in memory as well, takes several times the memory, and is rewritten by each checkpoint.
//
// # Dropping
//
// Old rows are dropped by deleting a few at a time between commits, and a checkpoint, after which rows have other numbers. Therefore everything that
// reads by row numbers does so in one transaction, and a dump returns an error if it cannot continue (see cursor).
//
// # Failing disks
//
// An I/O error inside DuckDB makes its instance unusable ("database has been invalidated"), and if the error occurred at COMMIT, it is not known
// whether the batch is stored. Therefore any failed commit closes the instance. The next use opens the file again, which replays the log, and loads
// the fingerprints again, which shows what is stored.
package duckdb
