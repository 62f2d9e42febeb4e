SELECT
--: event_columns
FROM events e
WHERE e.uuid = $uuid::UUID
LIMIT 1;
