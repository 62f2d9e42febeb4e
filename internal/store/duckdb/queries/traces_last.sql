SELECT e.trace_id, max(e.time_ms) AS last_ms
FROM events e
WHERE
--: events_received
    AND e.trace_id IN (SELECT unnest($ids::VARCHAR[]))
GROUP BY e.trace_id
ORDER BY last_ms DESC, e.trace_id DESC
LIMIT $limit;
