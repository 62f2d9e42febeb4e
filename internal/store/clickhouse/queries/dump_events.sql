-- In the order of the sorting key. Its first column is compared by itself, too: the index understands that.
SELECT
--: event_columns
FROM events AS e FINAL
WHERE {first:UInt8} OR (e.sort_ms >= {sort_ms:Int64} AND (e.sort_ms > {sort_ms:Int64} OR e.uuid > {uuid:UUID}))
ORDER BY e.sort_ms, e.uuid
LIMIT {limit:UInt64};
