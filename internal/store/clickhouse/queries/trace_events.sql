SELECT
--: event_columns
FROM events AS e FINAL
WHERE e.trace_id IN {trace_ids:Array(String)}
ORDER BY e.start_ms, UUIDToNum(e.uuid)
LIMIT {limit:UInt64} BY e.trace_id
--: by_shared_column
