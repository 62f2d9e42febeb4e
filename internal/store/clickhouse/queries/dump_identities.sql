SELECT
--: identity_columns
FROM identities AS i FINAL
WHERE {first:UInt8} OR (i.project >= {project:String} AND (i.project > {project:String} OR (i.id >= {id:String} AND (i.id > {id:String}
    OR i.other_id > {other:String} OR (i.other_id = {other:String} AND i.uuid > {uuid:UUID})))))
ORDER BY i.project, i.id, i.other_id, i.uuid
LIMIT {limit:UInt64};
