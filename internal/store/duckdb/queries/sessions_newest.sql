-- As traces_newest, over what events and recordings say of sessions.
WITH newest AS MATERIALIZED (
    (SELECT session_id, time_ms, 'events' AS side FROM events
     WHERE session_id <> '' AND ($before_ms = 0 OR time_ms <= $before_ms)
     ORDER BY time_ms DESC LIMIT $rows)
    UNION ALL
    (SELECT session_id, last_ms, 'blocks' FROM blocks
     WHERE session_id <> '' AND ($before_ms = 0 OR last_ms <= $before_ms)
     ORDER BY last_ms DESC LIMIT $rows)
), edges AS (
    -- Either side is complete down to its own edge, or to the end when it has fewer rows than asked for.
    SELECT max(edge) AS edge_ms, max(n) AS rows FROM (
        SELECT CASE WHEN count(*) < $rows THEN -1 ELSE min(time_ms) END AS edge, count(*) AS n FROM newest GROUP BY side
    )
), candidates AS (
    SELECT DISTINCT session_id FROM newest
), hits AS (
    SELECT DISTINCT c.uuid FROM contents c
    WHERE
--: content_text
), seen AS (
    SELECT e.session_id, e.time_ms, (
--: event_filter
    ) AS matches
    FROM events e LEFT JOIN hits h ON h.uuid = e.uuid
    WHERE e.session_id IN (SELECT session_id FROM candidates)
    UNION ALL
    SELECT b.session_id, b.last_ms, (
--: block_filter
    )
    FROM blocks b
    WHERE b.session_id IN (SELECT session_id FROM candidates)
)
SELECT session_id, min(time_ms) AS first_ms, max(time_ms) AS last_ms,
    (SELECT edge_ms FROM edges) AS edge_ms, (SELECT rows FROM edges) AS rows
FROM seen
GROUP BY session_id
HAVING bool_or(matches) AND ($before_ms = 0 OR last_ms < $before_ms OR (last_ms = $before_ms AND session_id < $before_id))
ORDER BY last_ms DESC, session_id DESC
LIMIT $limit;
