-- Like traces_latest, for the events and recordings of sessions.
SELECT id, max(last) AS last_ms FROM (
    SELECT session_id AS id, max(time_ms) AS last
    FROM events FINAL
    WHERE project = {project:String} AND time_ms >= {edge_ms:Int64} AND session_id <> ''
    GROUP BY session_id
    UNION ALL
    SELECT session_id, max(last_ms)
    FROM blocks FINAL
    WHERE project = {project:String} AND last_ms >= {edge_ms:Int64} AND session_id <> ''
    GROUP BY session_id
)
GROUP BY id
ORDER BY last_ms DESC, id DESC
LIMIT {limit:UInt64};
