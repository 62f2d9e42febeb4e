SELECT
--: event_columns
FROM events e
WHERE
--: events_received
    AND e.trace_id IN (SELECT unnest($trace_ids::VARCHAR[]))
QUALIFY row_number() OVER (PARTITION BY e.trace_id ORDER BY e.start_ms, e.uuid) <= $limit
ORDER BY e.start_ms, e.uuid;
