SELECT
--: saved_columns
FROM saved s
WHERE s.project = $project AND s.kind = $kind AND ($every OR s.id = $id::UUID)
ORDER BY s.at_ms, s.uuid;
