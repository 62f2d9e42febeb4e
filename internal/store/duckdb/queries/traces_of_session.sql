SELECT DISTINCT e.trace_id FROM events e
WHERE
--: events_received
    AND e.session_id = $session_id AND e.trace_id <> '';
