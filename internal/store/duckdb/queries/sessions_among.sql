-- Those of the sessions named that match and come before the cursor, newest first.
WITH hits AS (
--: hits
), seen AS (
    SELECT e.session_id, e.time_ms, (
--: event_filter
    ) AS matches
    FROM events e LEFT JOIN hits h ON h.uuid = e.uuid
    WHERE
--: events_received
        AND e.session_id IN (SELECT unnest($ids::VARCHAR[]))
    UNION ALL
    SELECT b.session_id, b.last_ms, (
--: block_filter
    )
    FROM blocks b
    WHERE
--: blocks_received
        AND b.session_id IN (SELECT unnest($ids::VARCHAR[]))
)
SELECT session_id, max(time_ms) AS last_ms
FROM seen
GROUP BY session_id
HAVING bool_or(matches) AND ($before_ms = 0 OR last_ms < $before_ms OR (last_ms = $before_ms AND session_id < $before_id))
ORDER BY last_ms DESC, session_id DESC
LIMIT $limit;
