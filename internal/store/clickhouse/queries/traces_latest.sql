-- The newest of all traces: the events after the edge are enough, because no trace is excluded for having a later event.
SELECT trace_id AS id, max(time_ms) AS last_ms
FROM events FINAL
WHERE project = {project:String} AND time_ms >= {edge_ms:Int64} AND trace_id <> ''
GROUP BY trace_id
ORDER BY last_ms DESC, id DESC
LIMIT {limit:UInt64};
