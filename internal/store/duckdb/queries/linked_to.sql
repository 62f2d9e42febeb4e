-- Links of generations and embeddings to a session that none of their events names.
SELECT
--: link_columns
FROM links l
WHERE l.received_ms >= $from_ms AND l.project = $project AND l.rules = $rules AND l.session_id = $session_id
    AND l.method IN ('attribute', 'request', 'screen', 'person') AND l.uuid <> '00000000-0000-0000-0000-000000000000'::UUID
ORDER BY l.start_ms, l.uuid
LIMIT $limit;
