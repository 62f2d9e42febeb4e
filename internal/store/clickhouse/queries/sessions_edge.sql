-- As traces_edge. Events and recordings are complete down to their own edges, or to the end when there are fewer rows
-- than asked for, so both together are down to the later one.
SELECT max(edge_ms), max(n) FROM (
    SELECT if(count() < {rows:UInt64}, -1, min(time_ms)) AS edge_ms, count() AS n FROM (
        SELECT time_ms FROM events
        WHERE session_id <> '' AND ({before_ms:Int64} = 0 OR time_ms <= {before_ms:Int64})
        ORDER BY time_ms DESC LIMIT {rows:UInt64})
    UNION ALL
    SELECT if(count() < {rows:UInt64}, -1, min(last_ms)), count() FROM (
        SELECT last_ms FROM blocks
        WHERE session_id <> '' AND ({before_ms:Int64} = 0 OR last_ms <= {before_ms:Int64})
        ORDER BY last_ms DESC LIMIT {rows:UInt64})
);
