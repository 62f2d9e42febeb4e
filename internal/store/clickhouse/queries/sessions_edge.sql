-- Like traces_edge. Blocks are sorted by their sessions, so their times are read; the index of times excludes most blocks that
-- are too old.
SELECT max(edge_ms), max(n) FROM (
    SELECT if(count() < {rows:UInt64}, -1, min(sort_ms)) AS edge_ms, count() AS n FROM (
        SELECT sort_ms FROM events
        WHERE project = {project:String} AND session_id <> '' AND ({before_ms:Int64} = 0 OR sort_ms <= {before_ms:Int64})
        ORDER BY sort_ms DESC LIMIT {rows:UInt64})
    UNION ALL
    SELECT if(count() < {rows:UInt64}, -1, min(last_ms)), count() FROM (
        SELECT last_ms FROM blocks
        WHERE project = {project:String} AND ({before_ms:Int64} = 0 OR last_ms <= {before_ms:Int64})
        ORDER BY last_ms DESC LIMIT {rows:UInt64})
)
SETTINGS query_plan_max_limit_for_top_k_optimization = 1000000;
