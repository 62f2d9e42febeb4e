-- trace_events of traces that have few events in all, in less than half the time: in no order, and without a limit for
-- each of them.
SELECT
--: event_columns
FROM events e
WHERE
--: events_received
    AND e.trace_id IN (SELECT unnest($trace_ids::VARCHAR[]))
LIMIT $few;
