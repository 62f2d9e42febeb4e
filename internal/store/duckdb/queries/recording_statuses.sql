SELECT e.session_id, arg_max(e.recording_status, (e.time_ms, e.uuid))
FROM events e
WHERE
--: events_received
    AND e.session_id IN (SELECT unnest($session_ids::VARCHAR[])) AND e.recording_status <> ''
GROUP BY e.session_id;
