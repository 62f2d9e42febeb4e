-- The first clicks and navigations of each of the sessions whose label contains a text.
SELECT
--: activity_columns
FROM activity AS a FINAL
WHERE a.project = {project:String} AND a.session_id IN {session_ids:Array(String)} AND a.rules = {rules:Int32} AND a.kind IN ('click', 'navigation')
    AND position(lowerUTF8(a.label), {text:String}) > 0
ORDER BY a.session_id, a.at_ms, UUIDToNum(a.uuid), a.position
LIMIT {limit:UInt64} BY a.session_id;
