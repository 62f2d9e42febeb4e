-- As traces_matching, over what events and recordings say of sessions. What matches on either side is carried along by its
-- id and joined by the outer sums, so that neither side is searched twice.
SELECT id, max(last) AS last_ms FROM (
    SELECT e.session_id AS id, max(e.time_ms) AS last, 0 AS matches
    FROM events AS e FINAL
    WHERE e.project = {project:String} AND e.session_id GLOBAL IN (
--: newest_sessions
    )
    GROUP BY e.session_id
    UNION ALL
    SELECT b.session_id, max(b.last_ms), 0
    FROM blocks AS b FINAL
    WHERE b.project = {project:String} AND b.session_id GLOBAL IN (
--: newest_sessions
    )
    GROUP BY b.session_id
    UNION ALL
    SELECT DISTINCT e.session_id, toInt64(-9223372036854775808), 1
    FROM events AS e FINAL
    WHERE e.project = {project:String} AND e.session_id GLOBAL IN (
--: newest_sessions
    ) AND
--: event_filter
    UNION ALL
    SELECT DISTINCT b.session_id, toInt64(-9223372036854775808), 1
    FROM blocks AS b FINAL
    WHERE b.project = {project:String} AND b.session_id GLOBAL IN (
--: newest_sessions
    ) AND
--: block_filter
)
GROUP BY id
HAVING max(matches) > 0 AND
--: before
ORDER BY last_ms DESC, id DESC
LIMIT {limit:UInt64};
