-- trace_events of a single trace.
SELECT
--: event_columns
FROM events e
WHERE
--: events_received
    AND e.trace_id = $trace_id
ORDER BY e.start_ms, e.uuid
LIMIT $limit;
