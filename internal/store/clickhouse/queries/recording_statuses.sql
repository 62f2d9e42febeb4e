SELECT e.session_id, argMax(toString(e.recording_status), (e.time_ms, UUIDToNum(e.uuid)))
FROM events AS e FINAL
WHERE e.session_id IN {session_ids:Array(String)} AND e.recording_status <> ''
GROUP BY e.session_id
--: by_shared_column
