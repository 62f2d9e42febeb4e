-- What events say of the sessions named. The first and last values are those of the earliest and latest row that has one.
SELECT e.session_id, min(e.time_ms), max(e.time_ms), toInt64(count()),
    toInt64(countIf(e.kind IN (1, 2))), toInt64(countIf(e.kind IN (1, 2) AND e.is_error)),
    -- A backend may call its user by another id than the browser, which sends the window.
    argMaxIf(e.distinct_id, (e.window_id <> '', e.time_ms, UUIDToNum(e.uuid)), e.distinct_id <> ''),
    argMinIf(e.url, (e.time_ms, UUIDToNum(e.uuid)), e.url <> ''),
    argMaxIf(toString(e.recording_status), (e.time_ms, UUIDToNum(e.uuid)), e.recording_status <> ''),
    toInt64(uniqExactIf(e.window_id, e.window_id <> ''))
FROM (
    SELECT uuid, version, session_id, time_ms, kind, is_error, distinct_id, window_id, url, recording_status FROM events
    WHERE project = {project:String} AND session_id IN {session_ids:Array(String)}
--: once
) AS e
GROUP BY e.session_id;
