-- The same over everything, for filters that few sessions pass.
SELECT id, max(last) AS last_ms FROM (
    SELECT e.session_id AS id, max(e.time_ms) AS last, countIf(
--: event_filter
    ) AS matches
    FROM events AS e FINAL
    WHERE e.session_id <> '' AND ({session_id:String} = '' OR e.session_id = {session_id:String})
    GROUP BY e.session_id
    UNION ALL
    SELECT b.session_id, max(b.last_ms), countIf(
--: block_filter
    )
    FROM blocks AS b FINAL
    WHERE b.session_id <> '' AND ({session_id:String} = '' OR b.session_id = {session_id:String})
    GROUP BY b.session_id
)
GROUP BY id
HAVING sum(matches) > 0 AND
--: before
ORDER BY last_ms DESC, id DESC
LIMIT {limit:UInt64};
