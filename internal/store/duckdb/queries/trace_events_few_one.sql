-- The same for one trace.
SELECT
--: event_columns
FROM events e
WHERE
--: events_received
    AND e.trace_id = $trace_id
LIMIT $few;
