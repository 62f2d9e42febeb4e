-- One row for each recorded window. The last three columns are who its latest block says it is, and which block that is.
SELECT b.session_id, b.window_id, min(b.first_ms) AS begin_ms, max(b.last_ms),
    minIf(arrayMin(b.snapshot_ms), notEmpty(b.snapshot_ms)), sum(b.clicks), sum(b.keys),
    arraySort(arrayDistinct(arrayFilter(t -> t <> 0, arrayConcat(groupArray(b.first_input_ms), groupArray(b.last_input_ms))))),
    argMaxIf(b.distinct_id, (b.last_ms, UUIDToNum(b.uuid)), b.distinct_id <> ''),
    maxIf(b.last_ms, b.distinct_id <> ''),
    argMaxIf(b.uuid, (b.last_ms, UUIDToNum(b.uuid)), b.distinct_id <> '')
FROM blocks AS b FINAL
WHERE b.project = {project:String} AND b.session_id IN {session_ids:Array(String)}
GROUP BY b.session_id, b.window_id
ORDER BY b.session_id, begin_ms, b.window_id;
