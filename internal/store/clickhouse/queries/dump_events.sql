-- In the order of the sorting key. Its first columns are also compared separately, because the index can use that.
SELECT
--: event_columns
FROM events AS e FINAL
WHERE {first:UInt8} OR (e.project >= {project:String} AND (e.project > {project:String}
    OR (e.sort_ms >= {sort_ms:Int64} AND (e.sort_ms > {sort_ms:Int64} OR e.uuid > {uuid:UUID}))))
ORDER BY e.project, e.sort_ms, e.uuid
LIMIT {limit:UInt64};
