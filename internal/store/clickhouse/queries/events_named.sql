-- Light rows by uuid, with times in a range: of each row the copy with the greatest version, as FINAL would choose. FINAL itself must read all rows
-- whose sorting keys lie between those of the rows that are needed: 400 ms for fifty rows among a million.
SELECT
--: event_columns
FROM events AS e
WHERE e.time_ms >= {first_ms:Int64} AND e.time_ms <= {last_ms:Int64} AND e.uuid IN {uuids:Array(UUID)}
    AND (e.project, e.uuid) IN arrayZip({projects:Array(String)}, {uuids:Array(UUID)})
ORDER BY e.version DESC LIMIT 1 BY e.project, e.uuid;
