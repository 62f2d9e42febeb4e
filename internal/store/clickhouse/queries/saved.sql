SELECT
--: saved_columns
FROM saved AS s FINAL
WHERE s.project = {project:String} AND s.kind = {kind:String} AND ({every:UInt8} OR s.id = {id:UUID})
ORDER BY s.at_ms, UUIDToNum(s.uuid);
