-- The newest traces that match and come before the cursor, looking only at traces of the newest $rows events. Right as
-- long as their last_ms is after edge_ms: a trace that lies wholly before the edge is not among them. $since_ms narrows
-- the search for the newest rows, from 12 ms to 2 in a million.
WITH newest AS MATERIALIZED (
    SELECT trace_id, time_ms FROM events
    WHERE trace_id <> '' AND ($before_ms = 0 OR time_ms <= $before_ms) AND time_ms >= $since_ms
    ORDER BY time_ms DESC LIMIT $rows
), candidates AS (
    SELECT DISTINCT trace_id FROM newest
), hits AS (
    SELECT DISTINCT c.uuid FROM contents c
    WHERE
--: content_text
)
SELECT e.trace_id, min(e.time_ms) AS first_ms, max(e.time_ms) AS last_ms,
    (SELECT CASE WHEN count(*) < $rows THEN $since_ms ELSE min(time_ms) END FROM newest) AS edge_ms, (SELECT count(*) FROM newest) AS rows
FROM events e LEFT JOIN hits h ON h.uuid = e.uuid
WHERE e.trace_id IN (SELECT trace_id FROM candidates)
GROUP BY e.trace_id
HAVING bool_or(
--: event_filter
    ) AND ($before_ms = 0 OR last_ms < $before_ms OR (last_ms = $before_ms AND e.trace_id < $before_id))
ORDER BY last_ms DESC, e.trace_id DESC
LIMIT $limit;
