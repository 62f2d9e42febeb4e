SELECT
--: event_columns
FROM events AS e FINAL
WHERE e.uuid = {uuid:UUID}
LIMIT 1
--: by_shared_column
