-- The time of the oldest content of the sessions that a search reads.
SELECT coalesce(min(e.time_ms), 0) FROM events e
WHERE
--: events_received
    AND e.session_id IN (SELECT unnest($ids::VARCHAR[]));
