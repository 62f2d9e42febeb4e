-- The subjects of links: traces, and generations outside of traces, with their uuid. Copies of rows do not matter.
SELECT DISTINCT s.project, s.trace_id, s.own FROM (
    SELECT e.project AS project, e.trace_id AS trace_id, e.own AS own
    FROM (
        SELECT project, trace_id, if(trace_id = '', uuid, toUUID('00000000-0000-0000-0000-000000000000')) AS own, max(received_ms) AS last_ms
        FROM events
        WHERE received_ms >= {from_ms:Int64} AND received_ms < {to_ms:Int64} AND (trace_id <> '' OR kind IN (1, 2))
        GROUP BY project, trace_id, own
    ) AS e
    GLOBAL LEFT JOIN (
        -- A link from earlier data is not enough for an event that was received since.
        SELECT project, trace_id, uuid, max(received_ms) AS last_ms FROM links
        WHERE {due_ms:Int64} <> 0 AND rules = {rules:Int32} AND received_ms >= {from_ms:Int64}
        GROUP BY project, trace_id, uuid
    ) AS l ON l.project = e.project AND l.trace_id = e.trace_id AND l.uuid = e.own
    WHERE l.last_ms < e.last_ms
    UNION ALL
    SELECT project, trace_id, if(trace_id = '', uuid, toUUID('00000000-0000-0000-0000-000000000000')) AS own
    FROM events
    WHERE session_id <> '' AND (trace_id <> '' OR kind IN (1, 2)) AND (project, session_id) GLOBAL IN (
        SELECT project, session_id FROM blocks WHERE {due_ms:Int64} = 0 AND received_ms >= {from_ms:Int64} AND received_ms < {to_ms:Int64}
    )
    UNION ALL
    SELECT project, trace_id, if(trace_id = '', uuid, toUUID('00000000-0000-0000-0000-000000000000')) AS own
    FROM links FINAL
    WHERE rules = {rules:Int32} AND state <> 'linked' AND session_id <> '' AND (project, session_id) GLOBAL IN (
        SELECT project, session_id FROM blocks WHERE {due_ms:Int64} <> 0 AND received_ms >= {from_ms:Int64} AND received_ms < {to_ms:Int64}
    )
    UNION ALL
    SELECT project, trace_id, if(trace_id = '', uuid, toUUID('00000000-0000-0000-0000-000000000000')) AS own
    FROM links FINAL
    WHERE rules = {rules:Int32} AND again_ms > 0 AND again_ms <= {due_ms:Int64}
) AS s
WHERE (s.project, s.trace_id, UUIDToNum(s.own)) > ({project:String}, {trace_id:String}, UUIDToNum({uuid:UUID}))
ORDER BY s.project, s.trace_id, UUIDToNum(s.own)
LIMIT {limit:UInt64};
