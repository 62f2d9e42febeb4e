-- The subjects of experiences: traces, and generations outside of traces, with their uuid. Copies of rows do not matter.
SELECT DISTINCT s.project, s.trace_id, s.own FROM (
    SELECT l.project AS project, l.trace_id AS trace_id, l.uuid AS own
    FROM (
        SELECT project, trace_id, uuid, max(derived_ms) AS last_ms FROM links
        WHERE received_ms >= {from_ms:Int64} AND received_ms < {to_ms:Int64} AND rules = {link_rules:Int32}
            AND (trace_id = '' OR uuid = toUUID('00000000-0000-0000-0000-000000000000'))
        GROUP BY project, trace_id, uuid
    ) AS l
    GLOBAL LEFT JOIN (
        SELECT project, trace_id, uuid, max(derived_ms) AS last_ms, 1 AS known FROM experiences WHERE rules = {rules:Int32} GROUP BY project, trace_id, uuid
    ) AS x ON x.project = l.project AND x.trace_id = l.trace_id AND x.uuid = l.uuid
    WHERE ifNull(x.known, 0) = 0 OR x.last_ms < l.last_ms
    UNION ALL
    -- Data of their session that were received since they were derived, and that happened around them.
    SELECT x.project AS project, x.trace_id AS trace_id, x.uuid AS own
    FROM (
        SELECT project, session_id, received_ms, first_ms, last_ms FROM blocks
        WHERE received_ms >= {from_ms:Int64} AND received_ms < {to_ms:Int64}
        UNION ALL
        SELECT project, session_id, received_ms, time_ms AS first_ms, time_ms AS last_ms FROM events
        WHERE received_ms >= {from_ms:Int64} AND received_ms < {to_ms:Int64} AND kind IN (5, 6, 7) AND trace_id = '' AND session_id <> ''
    ) AS r
    GLOBAL INNER JOIN (
        SELECT project, session_id, trace_id, uuid, time_ms, received_ms FROM experiences FINAL
        WHERE rules = {rules:Int32} AND session_id <> '' AND (trace_id = '' OR uuid = toUUID('00000000-0000-0000-0000-000000000000'))
    ) AS x ON x.project = r.project AND x.session_id = r.session_id
    WHERE x.received_ms < r.received_ms AND r.first_ms <= x.time_ms + {behind:Int64} AND r.last_ms >= x.time_ms - {before:Int64}
    UNION ALL
    SELECT project, trace_id, uuid AS own
    FROM experiences FINAL
    WHERE rules = {rules:Int32} AND again_ms > 0 AND again_ms <= {due_ms:Int64} AND (trace_id = '' OR uuid = toUUID('00000000-0000-0000-0000-000000000000'))
) AS s
WHERE (s.project, s.trace_id, UUIDToNum(s.own)) > ({project:String}, {trace_id:String}, UUIDToNum({uuid:UUID}))
ORDER BY s.project, s.trace_id, UUIDToNum(s.own)
LIMIT {limit:UInt64};
