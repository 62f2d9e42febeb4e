SELECT
--: block_columns
FROM blocks AS b FINAL
WHERE b.project = {project:String} AND b.session_id IN {session_ids:Array(String)}
ORDER BY b.session_id, b.window_id, b.first_ms, b.received_ms, UUIDToNum(b.uuid);
