-- What happened in each of the sessions, in buckets: actions, pages and errors of their recordings, and calls and errors of their events. A call counts
-- where it began.
WITH asked AS (
    SELECT unnest($session_ids::VARCHAR[]) AS session_id, unnest($froms::BIGINT[]) AS from_ms, unnest($steps::BIGINT[]) AS step_ms
)
SELECT s.session_id, a.lane, (a.at_ms - s.from_ms) // s.step_ms AS bucket, count(*)
FROM (
    SELECT a.session_id, a.at_ms, unnest([
        CASE WHEN a.kind IN ('click', 'key', 'input', 'scroll', 'selection', 'navigation') THEN 'actions' END,
        CASE WHEN a.kind = 'navigation' THEN 'pages' END, CASE WHEN a.failed THEN 'errors' END
    ]) AS lane
    FROM activity a
    WHERE a.project = $project AND a.received_ms >= $block_received_from AND a.received_ms <= $block_received_to AND a.rules = $rules
        AND a.session_id IN (SELECT session_id FROM asked)
    UNION ALL
    SELECT e.session_id, CASE WHEN e.kind = 0 THEN e.time_ms ELSE greatest(e.start_ms, s.from_ms) END, unnest([
        CASE WHEN e.kind <> 0 THEN 'calls' END, CASE WHEN e.kind = 0 OR e.is_error THEN 'errors' END
    ])
    FROM events e JOIN asked s ON s.session_id = e.session_id
    WHERE
--: events_received
        AND (e.kind IN (1, 2) OR e.kind = 0 AND e.error <> '')
) a JOIN asked s ON s.session_id = a.session_id
WHERE a.lane IS NOT NULL AND a.at_ms >= s.from_ms
GROUP BY ALL;
