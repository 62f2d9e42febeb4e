SELECT distinct_id, argMin(session_id, (at_ms, session_id)), min(at_ms)
FROM (
    SELECT distinct_id, session_id, time_ms AS at_ms FROM events
    WHERE project = {project:String} AND distinct_id IN {ids:Array(String)} AND session_id <> ''
    UNION ALL
    SELECT distinct_id, session_id, first_ms AS at_ms FROM blocks
    WHERE project = {project:String} AND distinct_id IN {ids:Array(String)}
)
GROUP BY distinct_id;
