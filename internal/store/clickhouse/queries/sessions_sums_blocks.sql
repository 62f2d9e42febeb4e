-- Sums over the recordings of the named sessions.
SELECT b.session_id, min(b.first_ms), max(b.last_ms), toInt64(count()), sum(b.location_length), sum(b.clicks), sum(b.keys),
    argMaxIf(b.distinct_id, (b.last_ms, UUIDToNum(b.uuid)), b.distinct_id <> ''),
    argMinIf(b.url, (b.first_ms, UUIDToNum(b.uuid)), b.url <> ''),
    toInt64(uniqExact(b.window_id))
FROM blocks AS b FINAL
WHERE b.project = {project:String} AND b.session_id IN {session_ids:Array(String)}
GROUP BY b.session_id;
