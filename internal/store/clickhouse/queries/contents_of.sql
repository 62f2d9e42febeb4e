SELECT
--: content_columns
FROM contents AS c FINAL
WHERE (c.project, c.sort_ms, c.uuid) IN arrayZip({projects:Array(String)}, {sort_ms:Array(Int64)}, {uuids:Array(UUID)});
