SELECT
--: block_columns
FROM blocks AS b FINAL
WHERE {first:UInt8} OR (b.session_id >= {session_id:String} AND (b.session_id > {session_id:String} OR b.uuid > {uuid:UUID}))
ORDER BY b.session_id, b.uuid
LIMIT {limit:UInt64};
