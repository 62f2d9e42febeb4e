-- The subjects of experiences: traces, and generations outside of traces, with their uuid.
SELECT DISTINCT s.project, s.trace_id, s.uuid FROM (
    SELECT l.project, l.trace_id, l.uuid
    FROM links l LEFT JOIN experiences x ON x.project = l.project AND x.trace_id = l.trace_id AND x.uuid = l.uuid AND x.rules = $rules
    WHERE l.received_ms >= $from_ms AND l.received_ms < $to_ms AND l.rules = $link_rules
        AND (l.trace_id = '' OR l.uuid = '00000000-0000-0000-0000-000000000000'::UUID)
        AND (x.derived_ms IS NULL OR x.derived_ms < l.derived_ms)
    UNION ALL
    -- Data of their session that were received since they were derived, and that happened around them.
    SELECT x.project, x.trace_id, x.uuid
    FROM (
        SELECT project, session_id, received_ms, first_ms, last_ms FROM blocks WHERE received_ms >= $from_ms AND received_ms < $to_ms
        UNION ALL
        SELECT project, session_id, received_ms, time_ms, time_ms FROM events
        WHERE received_ms >= $from_ms AND received_ms < $to_ms AND kind IN (5, 6, 7) AND trace_id = '' AND session_id <> ''
    ) r JOIN experiences x ON x.project = r.project AND x.session_id = r.session_id
    WHERE x.rules = $rules AND (x.trace_id = '' OR x.uuid = '00000000-0000-0000-0000-000000000000'::UUID)
        AND x.received_ms < r.received_ms AND r.first_ms <= x.time_ms + $behind AND r.last_ms >= x.time_ms - $before
    UNION ALL
    SELECT x.project, x.trace_id, x.uuid
    FROM experiences x
    WHERE x.rules = $rules AND x.again_ms > 0 AND x.again_ms <= $due_ms AND (x.trace_id = '' OR x.uuid = '00000000-0000-0000-0000-000000000000'::UUID)
) s
WHERE (s.project, s.trace_id, s.uuid) > ($project::VARCHAR, $trace_id::VARCHAR, $uuid::UUID)
ORDER BY s.project, s.trace_id, s.uuid
LIMIT $limit;
