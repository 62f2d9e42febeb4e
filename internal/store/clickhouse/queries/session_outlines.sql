-- What happened in each of the sessions, in buckets: actions, pages and errors of their recordings, and calls and errors of their events. A call counts
-- where it began.
SELECT session_id, counted, bucket, toInt64(count())
FROM (
    SELECT session_id, arrayJoin(arrayFilter(l -> l <> '', lanes)) AS counted, at_ms,
        transform(session_id, {session_ids:Array(String)}, {froms:Array(Int64)}, toInt64(0)) AS from_ms,
        intDiv(if(begun, greatest(at_ms, from_ms), at_ms) - from_ms, transform(session_id, {session_ids:Array(String)}, {steps:Array(Int64)}, toInt64(1))) AS bucket,
        begun
    FROM (
        SELECT a.session_id AS session_id, a.at_ms AS at_ms, false AS begun, [
            if(a.kind IN ('click', 'key', 'input', 'scroll', 'selection', 'navigation'), 'actions', ''),
            if(a.kind = 'navigation', 'pages', ''), if(a.failed, 'errors', '')
        ] AS lanes
        FROM activity AS a FINAL
        WHERE a.project = {project:String} AND a.session_id IN {session_ids:Array(String)} AND a.rules = {rules:Int32}
        UNION ALL
        SELECT e.session_id, if(e.kind = 0, e.time_ms, e.start_ms), e.kind <> 0, [if(e.kind <> 0, 'calls', ''), if(e.kind = 0 OR e.is_error, 'errors', '')]
        FROM (
            SELECT uuid, version, session_id, time_ms, start_ms, kind, is_error, error FROM events
            WHERE project = {project:String} AND session_id IN {session_ids:Array(String)}
--: once
        ) AS e
        WHERE e.kind IN (1, 2) OR e.kind = 0 AND e.error <> ''
    )
)
WHERE begun OR at_ms >= from_ms
GROUP BY session_id, counted, bucket;
