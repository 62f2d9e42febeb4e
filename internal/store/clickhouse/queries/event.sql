SELECT
--: event_columns
FROM (
    SELECT * FROM events
    WHERE uuid = {uuid:UUID}
--: once
) AS e
LIMIT 1;
