SELECT
--: saved_columns
FROM saved AS s FINAL
WHERE (s.project, s.uuid) IN arrayZip({projects:Array(String)}, {uuids:Array(UUID)});
