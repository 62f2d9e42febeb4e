-- The traces, sessions and conversations of events, by the events' keys, with times in a range.
SELECT DISTINCT e.trace_id, e.session_id, e.conversation_id
FROM events e SEMI JOIN
--: keys
ON k.project = e.project AND k.uuid = e.uuid
WHERE e.time_ms >= $first_ms AND e.time_ms <= $last_ms;
