SELECT
--: event_columns
FROM (
    SELECT * FROM events
    WHERE project = {project:String} AND session_id = {session_id:String}
--: once
) AS e
ORDER BY e.time_ms, UUIDToNum(e.uuid)
LIMIT {limit:UInt64};
