// Package clickhouse stores events and the index of recordings in ClickHouse: one server, or the shards and replicas of a cluster. Any number of
// nodes may use the same database at once; none of them has data of its own.
//
// # Once
//
// Nodes share no memory, so a row that was sent twice is stored twice, and readers reduce it to one. All copies of a row have the same sorting key
// (see sortMS) and are on the same shard, which is chosen by uuid. FINAL therefore reduces them to one, whether or not ReplacingMergeTree has merged
// them; the copy committed first is kept. FINAL is used for reading all rows, or those of a range of time. Rows that are looked up by a value that
// all copies share (a trace, a session, a uuid) are reduced by LIMIT 1 BY uuid, or in this process if they are few (copies.go).
// docs/adr/0008-clickhouse.md has the figures.
//
// The shard is chosen by uuid, not by trace. By trace, one shard could answer for a trace. But then a uuid that is sent again with another trace id
// would count twice, one endless trace would fill one shard, and contents, which a shard searches for its own events, would need the trace id, too.
// To query every shard for a trace costs a look into their indexes.
//
// # Durable
//
// A commit is one insert for each table, first contents and then events. Each insert is answered when every shard concerned has written and fsynced
// it (fsync_after_insert). If one fails, the commit fails; the earlier inserts are harmless, because the retry sends the same rows. Only counts of
// refusals, which have no uuid, may then be counted twice. Before the answer, a reader may see one part of a batch some milliseconds before another.
// With several replicas, two must have the data before the answer (insert_quorum), unless the URL has another setting.
//
// # Clusters
//
// If the URL names a cluster, tables named …_local contain the rows, and queries use Distributed tables over them. The tables are replicated if the
// servers have Keeper, and plain otherwise. The schema is updated by connecting to each server of the cluster, and not by ON CLUSTER: that needs
// Keeper even without replication, and misses servers that are added later, which the next starting node finds here. Therefore all servers must be
// reachable from the nodes, with the user and password of the URL, under their names in the cluster's definition.
//
// # Queries
//
// The tables and the inserts into them are made from their descriptions (package table, see definitions). Every other statement is a file in queries/
// or migrations/. Values are always bound, and never written into the text. A line "--: name" in a query stands for the file queries/name.part.sql,
// or for a table's columns; testdata/ has the complete statements (go test -run Golden -update).
package clickhouse
