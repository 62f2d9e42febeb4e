SELECT distinct_id, arg_min(session_id, (at_ms, session_id)), min(at_ms)
FROM (
    SELECT distinct_id, session_id, time_ms AS at_ms FROM events
    WHERE project = $project AND distinct_id IN (SELECT unnest($ids::VARCHAR[])) AND session_id <> ''
    UNION ALL
    SELECT distinct_id, session_id, first_ms AS at_ms FROM blocks
    WHERE project = $project AND distinct_id IN (SELECT unnest($ids::VARCHAR[]))
)
GROUP BY distinct_id;
