SELECT
--: block_columns
FROM blocks AS b FINAL
WHERE b.project = {project:String} AND b.session_id = {session_id:String} AND b.window_id = {window_id:String}
ORDER BY b.first_ms, UUIDToNum(b.uuid);
