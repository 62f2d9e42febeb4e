SELECT
--: block_columns
FROM blocks AS b FINAL
WHERE {first:UInt8} OR (b.project >= {project:String} AND (b.project > {project:String}
    OR (b.session_id >= {session_id:String} AND (b.session_id > {session_id:String} OR b.uuid > {uuid:UUID}))))
ORDER BY b.project, b.session_id, b.uuid
LIMIT {limit:UInt64};
