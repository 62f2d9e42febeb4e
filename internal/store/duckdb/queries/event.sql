SELECT
--: event_columns
FROM events e
WHERE e.project = $project AND e.uuid = $uuid::UUID
LIMIT 1;
