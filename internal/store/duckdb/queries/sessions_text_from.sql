-- How far back the contents go of the sessions that a search looks at.
SELECT coalesce(min(e.time_ms), 0) FROM events e
WHERE
--: events_received
    AND e.session_id IN (SELECT unnest($ids::VARCHAR[]));
