-- Light rows by uuid, with times in a range.
SELECT
--: event_columns
FROM events AS e FINAL
WHERE e.time_ms >= {first_ms:Int64} AND e.time_ms <= {last_ms:Int64} AND e.uuid IN {uuids:Array(UUID)}
    AND (e.project, e.uuid) IN arrayZip({projects:Array(String)}, {uuids:Array(UUID)});
