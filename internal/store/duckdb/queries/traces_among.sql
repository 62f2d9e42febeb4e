-- Those of the traces named that match and come before the cursor, newest first.
WITH hits AS (
--: hits
)
SELECT e.trace_id, max(e.time_ms) AS last_ms
FROM events e LEFT JOIN hits h ON h.uuid = e.uuid
WHERE
--: events_received
    AND e.trace_id IN (SELECT unnest($ids::VARCHAR[]))
GROUP BY e.trace_id
HAVING bool_or(
--: event_filter
    ) AND ($before_ms = 0 OR last_ms < $before_ms OR (last_ms = $before_ms AND e.trace_id < $before_id))
ORDER BY last_ms DESC, e.trace_id DESC
LIMIT $limit;
