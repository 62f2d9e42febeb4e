SELECT DISTINCT trace_id, if(trace_id = '', uuid, toUUID('00000000-0000-0000-0000-000000000000'))
FROM events
WHERE project = {project:String} AND session_id IN {session_ids:Array(String)} AND (trace_id <> '' OR kind IN (1, 2))
LIMIT {limit:UInt64};
