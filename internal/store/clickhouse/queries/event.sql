-- Every copy of one event.
SELECT
--: event_columns
    , e.version
FROM events AS e
WHERE e.project = {project:String} AND e.uuid = {uuid:UUID};
