-- Sessions that ended in a range of time, and are stored under more keys than after packing.
SELECT project, session_id, max(received_ms) AS ended_ms
FROM blocks
WHERE (project, session_id) IN (SELECT project, session_id FROM blocks WHERE received_ms >= $from_ms AND received_ms < $to_ms)
GROUP BY project, session_id
HAVING ended_ms >= $from_ms AND ended_ms < $to_ms AND count(DISTINCT location_key) > 1 + 2 * (sum(location_length) // $pack_bytes)
ORDER BY ended_ms, project, session_id
LIMIT $limit;
