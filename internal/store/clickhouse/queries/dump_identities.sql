SELECT i.uuid, i.time_ms, i.id, i.other_id, i.name, i.email
FROM identities AS i FINAL
WHERE {first:UInt8} OR (i.id >= {id:String} AND (i.id > {id:String} OR i.other_id > {other:String} OR (i.other_id = {other:String} AND i.uuid > {uuid:UUID})))
ORDER BY i.id, i.other_id, i.uuid
LIMIT {limit:UInt64};
