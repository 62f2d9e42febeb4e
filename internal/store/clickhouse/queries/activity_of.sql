SELECT
--: activity_columns
FROM activity AS a FINAL
WHERE a.project = {project:String} AND a.session_id = {session_id:String} AND a.rules = {rules:Int32} AND a.kind <> ''
    AND ({window_id:String} = '' OR a.window_id = {window_id:String}) AND a.at_ms >= {from_ms:Int64} AND a.at_ms < {to_ms:Int64}
    AND (NOT {problems:Bool} OR a.dead OR a.rage OR a.failed)
    AND (empty({kinds:Array(String)}) OR has({kinds:Array(String)}, a.kind)
        OR a.dead AND has({kinds:Array(String)}, 'dead_click') OR a.rage AND has({kinds:Array(String)}, 'rage_click'))
    AND ({text:String} = '' OR position(lowerUTF8(a.label), {text:String}) > 0 OR position(lowerUTF8(a.detail), {text:String}) > 0
        OR position(lowerUTF8(a.page), {text:String}) > 0)
    AND (a.at_ms, UUIDToNum(a.uuid), a.position) > ({after_ms:Int64}, UUIDToNum({after_uuid:UUID}), {after_position:Int64})
ORDER BY a.at_ms, UUIDToNum(a.uuid), a.position
LIMIT {limit:UInt64};
