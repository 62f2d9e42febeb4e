SELECT CAST(uuid AS VARCHAR), time_ms FROM (
    SELECT e.uuid, e.time_ms FROM events e
    WHERE e.project = $project AND e.kind IN (1, 2)
        AND ($before_ms = 0 OR e.time_ms <= $before_ms)
        AND ($before_ms = 0 OR e.time_ms < $before_ms OR e.uuid < $before_id::UUID)
    ORDER BY e.time_ms DESC, e.uuid DESC
    LIMIT $limit
)
ORDER BY time_ms DESC, uuid DESC;
