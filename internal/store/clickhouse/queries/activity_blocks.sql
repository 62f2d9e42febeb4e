SELECT
--: activity_columns
FROM activity AS a FINAL
WHERE a.project = {project:String} AND a.session_id = {session_id:String} AND a.rules = {rules:Int32} AND a.position = -1
    AND (a.label <> '' OR a.detail <> '')
ORDER BY a.at_ms, UUIDToNum(a.uuid)
LIMIT {limit:UInt64};
