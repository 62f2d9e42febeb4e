-- By sorting key, so that only the granules concerned are read.
SELECT
--: event_columns
FROM events AS e FINAL
WHERE (e.project, e.sort_ms, e.uuid) IN arrayZip({projects:Array(String)}, {sort_ms:Array(Int64)}, {uuids:Array(UUID)});
