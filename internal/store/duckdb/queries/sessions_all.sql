-- The same among all sessions.
WITH hits AS (
--: hits
), candidates AS (
    SELECT e.session_id FROM events e LEFT JOIN hits h ON h.uuid = e.uuid
    WHERE
--: events_received
        AND e.session_id <> '' AND
--: event_filter
    UNION
    SELECT b.session_id FROM blocks b
    WHERE
--: blocks_received
        AND b.session_id <> '' AND
--: block_filter
), seen AS (
    SELECT e.session_id, e.time_ms FROM events e
    WHERE
--: events_received
        AND e.session_id IN (SELECT session_id FROM candidates)
    UNION ALL
    SELECT b.session_id, b.last_ms FROM blocks b
    WHERE
--: blocks_received
        AND b.session_id IN (SELECT session_id FROM candidates)
)
SELECT session_id, max(time_ms) AS last_ms
FROM seen
GROUP BY session_id
HAVING $before_ms = 0 OR last_ms < $before_ms OR (last_ms = $before_ms AND session_id < $before_id)
ORDER BY last_ms DESC, session_id DESC
LIMIT $limit;
