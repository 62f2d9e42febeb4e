-- How far back the contents go of the sessions that sessions_newest looks at.
SELECT coalesce(min(time_ms), 0) FROM events WHERE session_id IN (
    SELECT session_id FROM (
        (SELECT session_id, time_ms FROM events
         WHERE session_id <> '' AND ($before_ms = 0 OR time_ms <= $before_ms)
         ORDER BY time_ms DESC LIMIT $rows)
        UNION ALL
        (SELECT session_id, last_ms FROM blocks
         WHERE session_id <> '' AND ($before_ms = 0 OR last_ms <= $before_ms)
         ORDER BY last_ms DESC LIMIT $rows)
    )
);
