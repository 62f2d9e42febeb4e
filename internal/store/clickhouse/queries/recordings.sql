-- One row for each recorded window. The last columns are the person in its latest block with a person, that block, and two lists of equal length: when
-- its blocks were sent by the browser's clock, and when they were received.
SELECT b.session_id, b.window_id, min(b.first_ms) AS begin_ms, max(b.last_ms),
    minIf(arrayMin(b.snapshot_ms), notEmpty(b.snapshot_ms)), sum(b.clicks), sum(b.keys),
    arraySort(arrayDistinct(arrayFilter(t -> t <> 0, arrayConcat(groupArray(b.first_input_ms), groupArray(b.last_input_ms))))),
    argMaxIf(b.distinct_id, (b.last_ms, UUIDToNum(b.uuid)), b.distinct_id <> ''),
    maxIf(b.last_ms, b.distinct_id <> ''),
    argMaxIf(b.uuid, (b.last_ms, UUIDToNum(b.uuid)), b.distinct_id <> ''),
    arrayMap(u -> u.2, arraySort(groupArrayIf((b.received_ms, b.sent_ms), b.sent_ms > 0))),
    arrayMap(u -> u.1, arraySort(groupArrayIf((b.received_ms, b.sent_ms), b.sent_ms > 0)))
FROM blocks AS b FINAL
WHERE b.project = {project:String} AND b.session_id IN {session_ids:Array(String)}
GROUP BY b.session_id, b.window_id
ORDER BY b.session_id, begin_ms, b.window_id;
