-- Generations and embeddings that began in a range, after a given one.
SELECT
--: event_columns
FROM events AS e FINAL
WHERE e.kind IN (1, 2) AND e.start_ms >= {from_ms:Int64} AND e.start_ms < {to_ms:Int64}
    AND (e.start_ms > {from_ms:Int64} OR e.project > {project:String} OR (e.project = {project:String} AND e.uuid > {uuid:UUID}))
ORDER BY e.start_ms, e.project, e.uuid
LIMIT {limit:UInt64};
