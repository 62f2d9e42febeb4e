SELECT DISTINCT s.trace_id, s.own FROM (
    SELECT trace_id, if(trace_id = '', uuid, toUUID('00000000-0000-0000-0000-000000000000')) AS own
    FROM events
    WHERE project = {project:String} AND session_id IN {session_ids:Array(String)} AND (trace_id <> '' OR kind IN (1, 2))
    UNION ALL
    SELECT trace_id, if(trace_id = '', uuid, toUUID('00000000-0000-0000-0000-000000000000')) AS own
    FROM links FINAL
    WHERE project = {project:String} AND rules = {rules:Int32} AND session_id IN {session_ids:Array(String)}
        AND method IN ('attribute', 'request', 'screen', 'person')
) AS s
LIMIT {limit:UInt64};
