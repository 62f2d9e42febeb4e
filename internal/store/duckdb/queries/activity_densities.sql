-- How often the user acted in each of the sessions, in buckets.
SELECT s.session_id, (a.at_ms - s.from_ms) // s.step_ms AS bucket, count(*)
FROM activity a JOIN (
    SELECT unnest($session_ids::VARCHAR[]) AS session_id, unnest($froms::BIGINT[]) AS from_ms, unnest($steps::BIGINT[]) AS step_ms
) s ON s.session_id = a.session_id
WHERE a.project = $project AND a.received_ms >= $block_received_from AND a.received_ms <= $block_received_to AND a.rules = $rules
    AND a.kind IN ('click', 'key', 'input', 'scroll', 'selection', 'navigation') AND a.at_ms >= s.from_ms
GROUP BY ALL;
