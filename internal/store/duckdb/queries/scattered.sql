-- Sessions that ended in a time, and lie under more keys than packing leaves.
SELECT session_id, max(received_ms) AS ended_ms
FROM blocks
WHERE session_id IN (SELECT session_id FROM blocks WHERE received_ms >= $from_ms AND received_ms < $to_ms)
GROUP BY session_id
HAVING ended_ms >= $from_ms AND ended_ms < $to_ms AND count(DISTINCT place_key) > 1 + 2 * (sum(place_length) // $pack_bytes)
ORDER BY ended_ms, session_id
LIMIT $limit;
