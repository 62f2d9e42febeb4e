SELECT e.session_id, argMax(toString(e.recording_status), (e.time_ms, UUIDToNum(e.uuid)))
FROM (
    SELECT uuid, version, session_id, time_ms, recording_status FROM events
    WHERE project = {project:String} AND session_id IN {session_ids:Array(String)}
--: once
) AS e
WHERE e.recording_status <> ''
GROUP BY e.session_id;
