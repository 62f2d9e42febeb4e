SELECT
--: saved_columns
FROM saved AS s FINAL
WHERE {first:UInt8} OR (s.project >= {project:String} AND (s.project > {project:String} OR (s.kind >= {kind:String} AND (s.kind > {kind:String}
    OR s.id > {id:UUID} OR (s.id = {id:UUID} AND s.uuid > {uuid:UUID})))))
ORDER BY s.project, s.kind, s.id, s.uuid
LIMIT {limit:UInt64};
