SELECT session_id, arg_max(recording_status, (time_ms, uuid))
FROM events
WHERE session_id IN (SELECT unnest($session_ids::VARCHAR[])) AND recording_status <> ''
GROUP BY session_id;
