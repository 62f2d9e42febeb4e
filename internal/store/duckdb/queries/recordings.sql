-- One row for each recorded window. The last columns are the person in the session's latest block, and two lists of equal length: when the blocks
-- were sent by the browser's clock, and when they were received.
WITH mine AS (
    SELECT * FROM blocks b
    WHERE
--: blocks_received
        AND b.session_id IN (SELECT unnest($session_ids::VARCHAR[]))
), people AS (
    SELECT session_id, arg_max(distinct_id, (last_ms, uuid)) FILTER (distinct_id <> '') AS distinct_id FROM mine GROUP BY session_id
)
SELECT b.session_id, b.window_id, min(b.first_ms) AS first_ms, max(b.last_ms),
    coalesce(min(list_min(b.snapshot_ms)), 0), sum(b.clicks)::BIGINT, sum(b.keys)::BIGINT,
    list_sort(list_distinct(list_filter(list(b.first_input_ms) || list(b.last_input_ms), lambda t: t <> 0))),
    coalesce(any_value(p.distinct_id), ''),
    coalesce(list(b.sent_ms ORDER BY b.received_ms, b.uuid) FILTER (b.sent_ms > 0), []),
    coalesce(list(b.received_ms ORDER BY b.received_ms, b.uuid) FILTER (b.sent_ms > 0), [])
FROM mine b JOIN people p ON p.session_id = b.session_id
GROUP BY b.session_id, b.window_id
ORDER BY b.session_id, first_ms, b.window_id;
