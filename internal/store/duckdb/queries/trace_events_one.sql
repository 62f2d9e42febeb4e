-- trace_events of a single trace. Comparing with a constant finds the rows exactly, so no bounds are needed.
SELECT
--: event_columns
FROM events e
WHERE e.trace_id = $trace_id
ORDER BY e.start_ms, e.uuid
LIMIT $limit;
