-- Every copy of one event.
SELECT
--: event_columns
    , e.version
FROM events AS e
WHERE e.uuid = {uuid:UUID};
