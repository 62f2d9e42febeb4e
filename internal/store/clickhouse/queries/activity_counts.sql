-- The number of activities of each kind in each bucket. Dead and rage clicks are counted again as such.
SELECT counted, bucket, toInt64(count())
FROM (
    SELECT arrayJoin(arrayFilter(k -> k <> '', [toString(a.kind), if(a.dead, 'dead_click', ''), if(a.rage, 'rage_click', '')])) AS counted,
        intDiv(a.at_ms - {from_ms:Int64}, {step_ms:Int64}) AS bucket
    FROM activity AS a FINAL
    WHERE a.project = {project:String} AND a.session_id = {session_id:String} AND a.rules = {rules:Int32} AND a.kind <> ''
        AND a.at_ms >= {from_ms:Int64} AND a.at_ms < {to_ms:Int64}
)
GROUP BY counted, bucket
ORDER BY counted, bucket;
