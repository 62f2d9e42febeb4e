SELECT i.uuid, i.time_ms, i.id, i.other_id, i.name, i.email
FROM identities AS i FINAL
WHERE (i.id, i.other_id, i.uuid) IN arrayZip({ids:Array(String)}, {others:Array(String)}, {uuids:Array(UUID)});
