SELECT
--: identity_columns
FROM identities AS i FINAL
WHERE i.project = {project:String} AND i.other_id <> ''
LIMIT {limit:UInt64};
