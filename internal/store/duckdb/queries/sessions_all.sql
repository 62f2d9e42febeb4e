-- The same over everything.
WITH hits AS (
    SELECT DISTINCT c.uuid FROM contents c
    WHERE
--: content_text
), candidates AS (
    SELECT e.session_id FROM events e LEFT JOIN hits h ON h.uuid = e.uuid
    WHERE e.session_id <> '' AND
--: event_filter
    UNION
    SELECT b.session_id FROM blocks b
    WHERE b.session_id <> '' AND
--: block_filter
), seen AS (
    SELECT session_id, time_ms FROM events WHERE session_id IN (SELECT session_id FROM candidates)
    UNION ALL
    SELECT session_id, last_ms FROM blocks WHERE session_id IN (SELECT session_id FROM candidates)
)
SELECT session_id, min(time_ms) AS first_ms, max(time_ms) AS last_ms, 0::BIGINT AS edge_ms, 0::BIGINT AS rows
FROM seen
GROUP BY session_id
HAVING $before_ms = 0 OR last_ms < $before_ms OR (last_ms = $before_ms AND session_id < $before_id)
ORDER BY last_ms DESC, session_id DESC
LIMIT $limit;
