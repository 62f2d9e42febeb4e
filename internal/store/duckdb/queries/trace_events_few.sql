-- trace_events for traces with few events, in less than half the time: in no order, and without a limit for each
-- trace.
SELECT
--: event_columns
FROM events e
WHERE
--: events_received
    AND e.trace_id IN (SELECT unnest($trace_ids::VARCHAR[]))
LIMIT $few;
