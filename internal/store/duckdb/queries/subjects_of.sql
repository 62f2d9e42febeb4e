SELECT DISTINCT s.trace_id, s.uuid FROM (
    SELECT e.trace_id, CASE WHEN e.trace_id = '' THEN e.uuid ELSE '00000000-0000-0000-0000-000000000000'::UUID END AS uuid
    FROM events e
    WHERE
--: events_received
        AND e.session_id IN (SELECT unnest($session_ids::VARCHAR[])) AND (e.trace_id <> '' OR e.kind IN (1, 2))
    UNION ALL
    SELECT l.trace_id, CASE WHEN l.trace_id = '' THEN l.uuid ELSE '00000000-0000-0000-0000-000000000000'::UUID END
    FROM links l
    WHERE l.received_ms >= $from_ms AND l.project = $project AND l.rules = $rules AND l.session_id IN (SELECT unnest($session_ids::VARCHAR[]))
        AND l.method IN ('attribute', 'request', 'screen', 'person')
) s
LIMIT $limit;
