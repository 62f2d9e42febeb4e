-- By sorting key, so that only the granules concerned are read.
SELECT
--: block_columns
FROM blocks AS b FINAL
WHERE (b.session_id, b.uuid) IN arrayZip({sessions:Array(String)}, {uuids:Array(UUID)});
