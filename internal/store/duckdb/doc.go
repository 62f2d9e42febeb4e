// Package duckdb keeps events and the index of recordings in one DuckDB file, for a server that runs on one machine.
//
// A Store has one writing connection, fed through DuckDB's appenders, and a small pool of reading ones. One Commit is one
// transaction whose log record is fsynced when it returns. DuckDB needs cgo; without it Open says so.
//
// # Queries
//
// The tables are made of their descriptions (package table, see definitions). Every other statement is a file in queries/ or
// migrations/. Values are always bound, never rendered into the text. A line "--: name" in a query stands for the file
// queries/name.part.sql (package statements), or for a table's columns; the
// statements that result are kept in testdata/queries.golden.sql (go test -run Golden -update). Optional conditions are
// written ($x = ” OR column = $x): DuckDB knows the bound values when it plans, folds what is constant, and pushes the
// rest into the scan.
//
// DuckDB plans a statement anew for the values of each run, prepared or not, and that is most of what a short one costs:
// 0.2 ms for one table and a comparison, 1 to 2 with a join, 7 for the sums of traces. So what is asked most often has a
// short statement of its own, beside the one for everything.
//
// # Finding
//
// Nothing in the tables is sorted by trace or session, and there is no index in DuckDB. One in memory (see index) tells
// when the events of an id were received, and statements skip the row groups of other times.
//
// # Recent
//
// The newest traces are kept in memory as they are in the tables, events and links, for those who derive links (see recent). They
// need not ask for what has just been stored, and nothing is deleted that is not there.
//
// # Text
//
// Prompts and answers lie in files of blocks beside the database (package texts), which has a row for each block. A commit makes the bytes
// durable while DuckDB takes the rows, and then the rows that name them. Blocks are packed beside commits, which wait for the exchange of
// rows alone. No reader may wait for text while it holds an engine by another call: see Contents.
//
// # Once
//
// A key, project and uuid, is stored once because the only writer keeps a fingerprint of each in memory (see seen). DuckDB's own unique
// index was rejected: it has to be in memory as well, takes several times the room, and is rewritten by each checkpoint.
//
// # Dropping
//
// Old rows are dropped by deleting a few at a time between commits, and a checkpoint, after which rows have other numbers.
// So whatever reads by row numbers does so in one transaction, and a dump says when it cannot go on (see cursor).
//
// # Failing disks
//
// An I/O error inside DuckDB ends its instance ("database has been invalidated"), and when it came at COMMIT nobody
// knows whether the batch is stored. So any failed commit closes the instance; the next use opens the file again, which
// replays the log, and loads the fingerprints again, which tells.
package duckdb
