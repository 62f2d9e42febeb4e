-- The newest traces that come before the cursor, looking only at events after the edge: without a filter nothing before
-- it can change what is found.
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
