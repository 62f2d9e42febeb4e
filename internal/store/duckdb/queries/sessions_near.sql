-- Like traces_near, for the events and recordings of sessions.
SELECT session_id, side, max(time_ms), min(time_ms), count(*)
FROM (
    (SELECT session_id, time_ms, 0 AS side FROM events
     WHERE project = $project AND session_id <> '' AND ($before_ms = 0 OR time_ms <= $before_ms) AND time_ms >= $since_ms
     ORDER BY time_ms DESC LIMIT $rows)
    UNION ALL
    (SELECT session_id, last_ms, 1 FROM blocks
     WHERE project = $project AND session_id <> '' AND ($before_ms = 0 OR last_ms <= $before_ms) AND last_ms >= $since_ms
     ORDER BY last_ms DESC LIMIT $rows)
)
GROUP BY session_id, side;
