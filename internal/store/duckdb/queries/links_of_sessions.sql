-- Links that lead to sessions.
SELECT
--: link_columns
FROM links l
WHERE l.received_ms >= $from_ms AND l.project = $project AND l.rules = $rules AND l.state = 'linked'
    AND l.session_id IN (SELECT unnest($session_ids::VARCHAR[]));
