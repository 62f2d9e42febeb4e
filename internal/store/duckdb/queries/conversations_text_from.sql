-- The time of the oldest content of the conversations that findAmong reads. A conversation may be much older than its last event.
SELECT coalesce(min(e.time_ms), 0) FROM events e
WHERE
--: events_received
    AND e.conversation_id IN (SELECT unnest($ids::VARCHAR[]));
