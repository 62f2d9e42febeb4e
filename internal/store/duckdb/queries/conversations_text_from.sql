-- How far back the contents go of the conversations that findAmong looks at. A conversation may be much older than its last event.
SELECT coalesce(min(e.time_ms), 0) FROM events e
WHERE e.project = $project AND e.conversation_id IN (SELECT unnest($ids::VARCHAR[]));
