-- The newest traces before the cursor, from the events after the edge: without a filter, events before it cannot change the
-- result.
SELECT e.trace_id AS id, max(e.time_ms) AS last_ms
FROM events AS e FINAL
WHERE e.project = {project:String} AND e.time_ms >= {edge_ms:Int64} AND e.trace_id GLOBAL IN (
--: newest_traces
    )
GROUP BY e.trace_id
HAVING
--: before
ORDER BY last_ms DESC, id DESC
LIMIT {limit:UInt64};
