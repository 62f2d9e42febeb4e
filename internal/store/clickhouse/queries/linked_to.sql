-- Links of generations and embeddings to a session that none of their events names.
SELECT
--: link_columns
FROM links AS l FINAL
WHERE l.project = {project:String} AND l.rules = {rules:Int32} AND l.session_id = {session_id:String}
    AND l.method IN ('attribute', 'request', 'screen', 'person') AND l.uuid <> toUUID('00000000-0000-0000-0000-000000000000')
ORDER BY l.start_ms, UUIDToNum(l.uuid)
LIMIT {limit:UInt64};
