-- Sums of the sessions named. The first and last values are those of the earliest and latest row that has one.
WITH asked AS (
    SELECT DISTINCT unnest($session_ids::VARCHAR[]) AS session_id
), of_events AS (
    SELECT e.session_id, min(e.time_ms) AS first_ms, max(e.time_ms) AS last_ms, count(*) AS events,
        count(*) FILTER (e.kind IN (1, 2)) AS generations, count(*) FILTER (e.kind IN (1, 2) AND e.is_error) AS errors,
        -- A backend may call its user by another id than the browser, which sends the window.
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
    -- Once recorded, the recorded windows count; before, those that sent events.
    len(coalesce(b.windows, e.windows, [])),
    coalesce(b.blocks, 0), coalesce(b.bytes, 0),
    coalesce(e.url, b.url, ''), coalesce(e.recording_status, '')
FROM asked a
LEFT JOIN of_events e ON e.session_id = a.session_id
LEFT JOIN of_blocks b ON b.session_id = a.session_id
WHERE e.session_id IS NOT NULL OR b.session_id IS NOT NULL;
