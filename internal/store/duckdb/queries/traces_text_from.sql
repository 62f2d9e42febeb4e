-- The time of the oldest content of the traces that a search reads. A trace may be much older than its last event.
SELECT coalesce(min(e.time_ms), 0) FROM events e
WHERE
--: events_received
    AND e.trace_id IN (SELECT unnest($ids::VARCHAR[]));
