-- Sessions that ended in a time, and lie under more keys than packing leaves. Any copy of a row says when it was received.
SELECT b.session_id AS session, max(b.received_ms) AS ended_ms
FROM blocks AS b FINAL
WHERE b.session_id GLOBAL IN (SELECT session_id FROM blocks WHERE received_ms >= {from_ms:Int64} AND received_ms < {to_ms:Int64})
GROUP BY session
HAVING ended_ms >= {from_ms:Int64} AND ended_ms < {to_ms:Int64}
    AND uniqExact(b.place_key) > 1 + 2 * intDiv(sum(b.place_length), {pack_bytes:Int64})
ORDER BY ended_ms, session
LIMIT {limit:UInt64};
