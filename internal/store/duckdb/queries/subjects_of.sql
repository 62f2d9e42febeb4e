SELECT DISTINCT e.trace_id, CASE WHEN e.trace_id = '' THEN e.uuid ELSE '00000000-0000-0000-0000-000000000000'::UUID END
FROM events e
WHERE
--: events_received
    AND e.session_id IN (SELECT unnest($session_ids::VARCHAR[])) AND (e.trace_id <> '' OR e.kind IN (1, 2))
LIMIT $limit;
