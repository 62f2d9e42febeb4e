-- Sessions that ended in a range of time, and are stored under more keys than after packing. All copies of a row have the time of receipt.
SELECT b.project AS of, b.session_id AS session, max(b.received_ms) AS ended_ms
FROM blocks AS b FINAL
WHERE (b.project, b.session_id) GLOBAL IN (
    SELECT project, session_id FROM blocks WHERE received_ms >= {from_ms:Int64} AND received_ms < {to_ms:Int64})
GROUP BY of, session
HAVING ended_ms >= {from_ms:Int64} AND ended_ms < {to_ms:Int64}
    AND uniqExact(b.location_key) > 1 + 2 * intDiv(sum(b.location_length), {pack_bytes:Int64})
ORDER BY ended_ms, of, session
LIMIT {limit:UInt64};
