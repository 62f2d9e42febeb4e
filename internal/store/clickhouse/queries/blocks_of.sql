-- By sorting key, so that only the granules concerned are read.
SELECT
--: block_columns
FROM blocks AS b FINAL
WHERE (b.project, b.session_id, b.uuid) IN arrayZip({projects:Array(String)}, {sessions:Array(String)}, {uuids:Array(UUID)});
