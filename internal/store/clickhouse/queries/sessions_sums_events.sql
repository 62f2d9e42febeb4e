-- Sums over the events of the named sessions. The first and last values are those of the earliest and latest row with a value.
SELECT e.session_id, min(e.time_ms), max(e.time_ms), toInt64(count()),
    toInt64(countIf(e.kind IN (1, 2))), toInt64(countIf(e.kind IN (1, 2) AND e.is_error)),
    -- A backend may use another id of its user than the browser, whose events have the window.
    argMaxIf(e.distinct_id, (e.window_id <> '', e.time_ms, UUIDToNum(e.uuid)), e.distinct_id <> ''),
    argMinIf(e.url, (e.time_ms, UUIDToNum(e.uuid)), e.url <> ''),
    argMaxIf(toString(e.recording_status), (e.time_ms, UUIDToNum(e.uuid)), e.recording_status <> ''),
    toInt64(uniqExactIf(e.window_id, e.window_id <> '')),
    -- As for traces.
    if(countIf(e.kind IN (1, 2) AND e.input_tokens >= 0) > 0, sumIf(e.input_tokens, e.kind IN (1, 2) AND e.input_tokens >= 0), -1),
    if(countIf(e.kind IN (1, 2) AND e.output_tokens >= 0) > 0, sumIf(e.output_tokens, e.kind IN (1, 2) AND e.output_tokens >= 0), -1),
    if(countIf(e.kind IN (1, 2) AND e.total_tokens >= 0) > 0, sumIf(e.total_tokens, e.kind IN (1, 2) AND e.total_tokens >= 0), -1),
    if(countIf(e.kind IN (1, 2) AND e.cache_read_tokens >= 0) > 0, sumIf(e.cache_read_tokens, e.kind IN (1, 2) AND e.cache_read_tokens >= 0), -1),
    if(countIf(e.kind IN (1, 2) AND e.cache_write_tokens >= 0) > 0, sumIf(e.cache_write_tokens, e.kind IN (1, 2) AND e.cache_write_tokens >= 0), -1),
    if(countIf(e.kind IN (1, 2) AND e.reasoning_tokens >= 0) > 0, sumIf(e.reasoning_tokens, e.kind IN (1, 2) AND e.reasoning_tokens >= 0), -1),
    if(countIf(e.kind IN (1, 2) AND e.cost_state IN (1, 2)) > 0, sumIf(e.cost_nanos, e.kind IN (1, 2) AND e.cost_state IN (1, 2)), -1),
    toInt64(countIf(e.kind IN (1, 2) AND e.cost_state NOT IN (1, 2, 4))),
    if(countIf(e.kind IN (1, 2) AND e.latency_ms >= 0) > 0, maxIf(e.latency_ms, e.kind IN (1, 2) AND e.latency_ms >= 0), -1)
FROM (
    SELECT uuid, version, session_id, time_ms, kind, is_error, distinct_id, window_id, url, recording_status,
        input_tokens, output_tokens, total_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens, cost_nanos, cost_state, latency_ms
    FROM events
    WHERE project = {project:String} AND session_id IN {session_ids:Array(String)}
--: once
) AS e
GROUP BY e.session_id;
