-- Sums of the named sessions. The first and last values are those of the earliest and latest row with a value.
WITH asked AS (
    SELECT DISTINCT unnest($session_ids::VARCHAR[]) AS session_id
), of_events AS (
    SELECT e.session_id, min(e.time_ms) AS first_ms, max(e.time_ms) AS last_ms, count(*) AS events,
        count(*) FILTER (e.kind IN (1, 2)) AS generations, count(*) FILTER (e.kind IN (1, 2) AND e.is_error) AS errors,
        sum(e.input_tokens) FILTER (e.kind IN (1, 2) AND e.input_tokens >= 0) AS input_tokens,
        sum(e.output_tokens) FILTER (e.kind IN (1, 2) AND e.output_tokens >= 0) AS output_tokens,
        sum(e.total_tokens) FILTER (e.kind IN (1, 2) AND e.total_tokens >= 0) AS total_tokens,
        sum(e.cache_read_tokens) FILTER (e.kind IN (1, 2) AND e.cache_read_tokens >= 0) AS cache_read_tokens,
        sum(e.cache_write_tokens) FILTER (e.kind IN (1, 2) AND e.cache_write_tokens >= 0) AS cache_write_tokens,
        sum(e.reasoning_tokens) FILTER (e.kind IN (1, 2) AND e.reasoning_tokens >= 0) AS reasoning_tokens,
        sum(e.cost_nanos) FILTER (e.kind IN (1, 2) AND e.cost_state IN (1, 2)) AS cost_nanos,
        count(*) FILTER (e.kind IN (1, 2) AND e.cost_state NOT IN (1, 2, 4)) AS unpriced,
        max(e.latency_ms) FILTER (e.kind IN (1, 2) AND e.latency_ms >= 0) AS slowest_ms,
        -- A backend may use another id of its user than the browser, whose events have the window.
        arg_max(e.distinct_id, (e.window_id <> '', e.time_ms, e.uuid)) FILTER (e.distinct_id <> '') AS distinct_id,
        arg_min(e.url, (e.time_ms, e.uuid)) FILTER (e.url <> '') AS url,
        arg_max(e.recording_status, (e.time_ms, e.uuid)) FILTER (e.recording_status <> '') AS recording_status,
        list(DISTINCT e.window_id) FILTER (e.window_id <> '') AS windows
    FROM events e
    WHERE
--: events_received
        AND e.session_id IN (SELECT session_id FROM asked)
    GROUP BY e.session_id
), of_blocks AS (
    SELECT b.session_id, min(b.first_ms) AS first_ms, max(b.last_ms) AS last_ms, count(*) AS blocks,
        sum(b.location_length)::BIGINT AS bytes, sum(b.clicks)::BIGINT AS clicks, sum(b.keys)::BIGINT AS keys,
        arg_max(b.distinct_id, (b.last_ms, b.uuid)) FILTER (b.distinct_id <> '') AS distinct_id,
        arg_min(b.url, (b.first_ms, b.uuid)) FILTER (b.url <> '') AS url,
        list(DISTINCT b.window_id) AS windows
    FROM blocks b
    WHERE
--: blocks_received
        AND b.session_id IN (SELECT session_id FROM asked)
    GROUP BY b.session_id
)
SELECT a.session_id, coalesce(b.distinct_id, e.distinct_id, ''),
    least(e.first_ms, b.first_ms), greatest(e.last_ms, b.last_ms),
    coalesce(e.events, 0), coalesce(e.generations, 0), coalesce(e.errors, 0),
    coalesce(b.clicks, 0), coalesce(b.keys, 0),
    -- If the session is recorded, the recorded windows count; otherwise those that sent events.
    len(coalesce(b.windows, e.windows, [])),
    coalesce(b.blocks, 0), coalesce(b.bytes, 0),
    coalesce(e.url, b.url, ''), coalesce(e.recording_status, ''),
    -- A sum without known values is -1.
    coalesce(e.input_tokens, -1)::BIGINT, coalesce(e.output_tokens, -1)::BIGINT, coalesce(e.total_tokens, -1)::BIGINT,
    coalesce(e.cache_read_tokens, -1)::BIGINT, coalesce(e.cache_write_tokens, -1)::BIGINT, coalesce(e.reasoning_tokens, -1)::BIGINT,
    coalesce(e.cost_nanos, -1)::BIGINT, coalesce(e.unpriced, 0), coalesce(e.slowest_ms, -1)
FROM asked a
LEFT JOIN of_events e ON e.session_id = a.session_id
LEFT JOIN of_blocks b ON b.session_id = a.session_id
WHERE e.session_id IS NOT NULL OR b.session_id IS NOT NULL;
