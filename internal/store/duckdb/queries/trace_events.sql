SELECT
--: event_columns
FROM events e
WHERE e.time_ms >= $first_ms AND e.time_ms <= $last_ms AND e.trace_id IN (SELECT unnest($trace_ids::VARCHAR[]))
QUALIFY row_number() OVER (PARTITION BY e.trace_id ORDER BY e.start_ms, e.uuid) <= $limit
ORDER BY e.start_ms, e.uuid;
