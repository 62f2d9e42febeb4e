-- The subjects of links: traces, and generations outside of traces, with their uuid.
SELECT DISTINCT s.project, s.trace_id, s.uuid FROM (
    SELECT e.project, e.trace_id, CASE WHEN e.trace_id = '' THEN e.uuid ELSE '00000000-0000-0000-0000-000000000000'::UUID END AS uuid
    FROM events e LEFT JOIN (
        -- A link from earlier data is not enough for an event that was received since.
        SELECT project, trace_id, uuid, received_ms FROM links WHERE $due_ms <> 0 AND rules = $rules AND received_ms >= $from_ms
    ) l ON l.project = e.project AND l.trace_id = e.trace_id
        AND l.uuid = CASE WHEN e.trace_id = '' THEN e.uuid ELSE '00000000-0000-0000-0000-000000000000'::UUID END
    WHERE e.received_ms >= $from_ms AND e.received_ms < $to_ms AND (e.trace_id <> '' OR e.kind IN (1, 2))
        AND (l.received_ms IS NULL OR l.received_ms < e.received_ms)
    UNION ALL
    SELECT e.project, e.trace_id, CASE WHEN e.trace_id = '' THEN e.uuid ELSE '00000000-0000-0000-0000-000000000000'::UUID END
    FROM events e SEMI JOIN (
        SELECT project, session_id FROM blocks WHERE $due_ms = 0 AND received_ms >= $from_ms AND received_ms < $to_ms
    ) b ON b.project = e.project AND b.session_id = e.session_id
    WHERE e.session_id <> '' AND (e.trace_id <> '' OR e.kind IN (1, 2))
    UNION ALL
    SELECT l.project, l.trace_id, CASE WHEN l.trace_id = '' THEN l.uuid ELSE '00000000-0000-0000-0000-000000000000'::UUID END
    FROM links l SEMI JOIN (
        SELECT project, session_id FROM blocks WHERE $due_ms <> 0 AND received_ms >= $from_ms AND received_ms < $to_ms
    ) b ON b.project = l.project AND b.session_id = l.session_id
    WHERE l.rules = $rules AND l.state <> 'linked' AND l.session_id <> ''
    UNION ALL
    SELECT l.project, l.trace_id, CASE WHEN l.trace_id = '' THEN l.uuid ELSE '00000000-0000-0000-0000-000000000000'::UUID END
    FROM links l
    WHERE l.rules = $rules AND l.again_ms > 0 AND l.again_ms <= $due_ms
) s
WHERE (s.project, s.trace_id, s.uuid) > ($project::VARCHAR, $trace_id::VARCHAR, $uuid::UUID)
ORDER BY s.project, s.trace_id, s.uuid
LIMIT $limit;
