SELECT
--: identity_columns
FROM identities AS i FINAL
WHERE i.project = {project:String} AND (i.id IN {ids:Array(String)} OR (i.other_id <> '' AND i.other_id IN {ids:Array(String)}))
ORDER BY i.time_ms, UUIDToNum(i.uuid), i.id, i.other_id;
