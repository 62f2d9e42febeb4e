SELECT
--: event_columns
FROM events e
WHERE
--: events_received
    AND e.session_id = $session_id
ORDER BY e.time_ms, e.uuid
LIMIT $limit;
