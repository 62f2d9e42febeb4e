SELECT
--: event_columns
FROM events e
WHERE e.session_id = $session_id
ORDER BY e.time_ms, e.uuid
LIMIT $limit;
