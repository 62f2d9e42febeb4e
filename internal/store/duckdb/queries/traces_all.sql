-- The same among all traces, for filters that few pass.
WITH hits AS (
--: hits
), candidates AS (
    SELECT DISTINCT e.trace_id FROM events e LEFT JOIN hits h ON h.uuid = e.uuid
    WHERE
--: events_received
        AND e.trace_id <> '' AND
--: event_filter
)
SELECT e.trace_id, max(e.time_ms) AS last_ms
FROM events e
WHERE
--: events_received
    AND e.trace_id IN (SELECT trace_id FROM candidates)
GROUP BY e.trace_id
HAVING $before_ms = 0 OR last_ms < $before_ms OR (last_ms = $before_ms AND e.trace_id < $before_id)
ORDER BY last_ms DESC, e.trace_id DESC
LIMIT $limit;
