SELECT
--: identity_columns
FROM identities AS i FINAL
WHERE (i.project, i.id, i.other_id, i.uuid) IN arrayZip({projects:Array(String)}, {ids:Array(String)}, {others:Array(String)}, {uuids:Array(UUID)});
