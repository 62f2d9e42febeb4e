SELECT
--: event_columns
FROM events AS e FINAL
WHERE e.session_id = {session_id:String}
ORDER BY e.time_ms, UUIDToNum(e.uuid)
LIMIT {limit:UInt64}
--: by_shared_column
