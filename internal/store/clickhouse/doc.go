// Package clickhouse keeps events and the index of recordings in ClickHouse: one server, or the shards and replicas of a
// cluster. Any number of nodes may use the same database at once; none of them keeps anything of its own.
//
// # Once
//
// Nodes share no memory, so a row that was sent twice is stored twice, and made one by reading. All copies of a row have the
// same sorting key (see sortMS) and lie on the same shard, which is chosen by uuid, so FINAL makes one of them, whether or
// not ReplacingMergeTree has merged them yet; the first one committed wins. That is for reading all rows or those of a time. What
// is looked up by what all copies have in common (a trace, a session, a uuid) is made one by LIMIT 1 BY uuid instead, or
// here, when it is little (copies.go). The figures behind this are in docs/adr/0008-clickhouse.md.
//
// The shard is chosen by uuid, not by trace. By trace, one shard would answer for a trace, but a uuid that comes again with
// another trace id would count twice, one endless trace would fill one shard, and contents, which a shard searches for its
// own events, would have to carry the trace id too. Asking every shard for a trace costs a look into their indexes.
//
// # Durable
//
// A commit is one insert for each table, contents first and events after them, each answered when every shard concerned has
// written and fsynced it (fsync_after_insert). When one fails the commit fails; what was inserted before it does no harm, because
// the same rows come again with the retry. Only counts of refusals, which have no uuid, may then be counted twice. Until
// the answer a reader may see one part of a batch some milliseconds before another. Of several replicas two are part of the
// answer (insert_quorum), unless the URL says otherwise.
//
// # Clusters
//
// Where the URL names a cluster, tables named …_local hold the rows and the names that queries use are Distributed ones over
// them. They replicate when the servers have Keeper and are plain otherwise. The schema is brought up to date by connecting
// to each server of the cluster, not by ON CLUSTER: that needs Keeper even where nothing replicates, and leaves out servers
// that join later, which the next node that starts finds here. So all servers must be reachable from the nodes, with the
// user and password of the URL, under the names they have in the cluster's definition.
//
// # Queries
//
// The tables, and the inserts into them, are made of their descriptions (package table, see definitions). Every other statement is a file
// in queries/ or migrations/. Values are always bound, never rendered into the text. A line "--: name" in a query stands for the file
// queries/name.part.sql, or for a table's columns; the statements that result are kept in testdata/ (go test -run Golden -update).
package clickhouse
