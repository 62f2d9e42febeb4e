SELECT
--: activity_columns
FROM activity a
WHERE
--: activity_received
    AND a.kind <> '' AND ($window_id = '' OR a.window_id = $window_id) AND a.at_ms >= $from_ms AND a.at_ms < $to_ms
    AND (NOT $problems OR a.dead OR a.rage OR a.failed)
    AND (len($kinds::VARCHAR[]) = 0 OR list_contains($kinds::VARCHAR[], a.kind)
        OR a.dead AND list_contains($kinds::VARCHAR[], 'dead_click') OR a.rage AND list_contains($kinds::VARCHAR[], 'rage_click'))
    AND ($text = '' OR contains(lower(a.label), $text) OR contains(lower(a.detail), $text) OR contains(lower(a.page), $text))
    AND (a.at_ms, a.uuid, a.position) > ($after_ms::BIGINT, $after_uuid::UUID, $after_position::BIGINT)
ORDER BY a.at_ms, a.uuid, a.position
LIMIT $limit;
