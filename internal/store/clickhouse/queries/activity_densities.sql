-- How often the user acted in each of the sessions, in buckets.
SELECT session_id, bucket, toInt64(count())
FROM (
    SELECT a.session_id AS session_id, transform(a.session_id, {session_ids:Array(String)}, {froms:Array(Int64)}, toInt64(0)) AS from_ms,
        intDiv(a.at_ms - from_ms, transform(a.session_id, {session_ids:Array(String)}, {steps:Array(Int64)}, toInt64(1))) AS bucket, a.at_ms AS at_ms
    FROM activity AS a FINAL
    WHERE a.project = {project:String} AND a.session_id IN {session_ids:Array(String)} AND a.rules = {rules:Int32}
        AND a.kind IN ('click', 'key', 'input', 'scroll', 'selection', 'navigation')
)
WHERE at_ms >= from_ms
GROUP BY session_id, bucket;
