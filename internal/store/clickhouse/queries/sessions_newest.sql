-- Like traces_newest, for the events and recordings of sessions.
SELECT id, max(last) AS last_ms FROM (
    SELECT e.session_id AS id, max(e.time_ms) AS last
    FROM events AS e FINAL
    WHERE e.project = {project:String} AND e.time_ms >= {edge_ms:Int64} AND e.session_id GLOBAL IN (
--: newest_sessions
    )
    GROUP BY e.session_id
    UNION ALL
    SELECT b.session_id, max(b.last_ms)
    FROM blocks AS b FINAL
    WHERE b.project = {project:String} AND b.last_ms >= {edge_ms:Int64} AND b.session_id GLOBAL IN (
--: newest_sessions
    )
    GROUP BY b.session_id
)
GROUP BY id
HAVING
--: before
ORDER BY last_ms DESC, id DESC
LIMIT {limit:UInt64};
