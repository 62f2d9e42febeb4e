SELECT
--: event_columns
FROM (
    SELECT * FROM events
    WHERE project = {project:String} AND trace_id IN {trace_ids:Array(String)}
--: once
) AS e
ORDER BY e.start_ms, UUIDToNum(e.uuid)
LIMIT {limit:UInt64} BY e.trace_id;
