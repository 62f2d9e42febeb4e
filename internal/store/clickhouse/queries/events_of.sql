-- By sorting key, so that only the granules concerned are read.
SELECT
--: event_columns
FROM events AS e FINAL
WHERE (e.sort_ms, e.uuid) IN arrayZip({sort_ms:Array(Int64)}, {uuids:Array(UUID)});
