-- The conversations of the newest $rows events before the cursor: for each, the latest and the earliest of these events, and
-- their number. $since_ms narrows the search, from 12 ms to 2 in a million events.
SELECT conversation_id, 0 AS side, max(time_ms), min(time_ms), count(*)
FROM (
    SELECT conversation_id, time_ms FROM events
    WHERE project = $project AND conversation_id <> '' AND ($before_ms = 0 OR time_ms <= $before_ms) AND time_ms >= $since_ms
    ORDER BY time_ms DESC LIMIT $rows
)
GROUP BY conversation_id;
