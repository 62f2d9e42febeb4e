-- The newest traces that match and come before the cursor, looking only at traces that have an event after the edge.
SELECT e.trace_id AS id, max(e.time_ms) AS last_ms
FROM events AS e FINAL
WHERE e.project = {project:String} AND e.trace_id GLOBAL IN (
    SELECT e.trace_id FROM events AS e FINAL
    WHERE e.project = {project:String} AND e.trace_id GLOBAL IN (
--: newest_traces
    ) AND
--: event_filter
    )
GROUP BY e.trace_id
HAVING
--: before
ORDER BY last_ms DESC, id DESC
LIMIT {limit:UInt64};
