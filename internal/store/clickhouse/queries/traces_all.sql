-- The same over everything, for filters that few traces pass.
SELECT e.trace_id AS id, max(e.time_ms) AS last_ms
FROM events AS e FINAL
WHERE e.project = {project:String} AND e.trace_id <> '' AND ({trace_id:String} = '' OR e.trace_id = {trace_id:String}) AND e.trace_id GLOBAL IN (
    SELECT e.trace_id FROM events AS e FINAL
    WHERE e.trace_id <> '' AND
--: event_filter
    )
GROUP BY e.trace_id
HAVING
--: before
ORDER BY last_ms DESC, id DESC
LIMIT {limit:UInt64};
