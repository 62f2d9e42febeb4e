-- The first clicks and navigations of each of the sessions whose label contains a text.
SELECT
--: activity_columns
FROM activity a
WHERE a.project = $project AND a.received_ms >= $block_received_from AND a.received_ms <= $block_received_to AND a.rules = $rules
    AND a.session_id IN (SELECT unnest($session_ids::VARCHAR[])) AND a.kind IN ('click', 'navigation') AND contains(lower(a.label), $text)
QUALIFY row_number() OVER (PARTITION BY a.session_id ORDER BY a.at_ms, a.uuid, a.position) <= $limit
ORDER BY a.session_id, a.at_ms, a.uuid, a.position;
