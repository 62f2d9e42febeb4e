-- Like trace_events_few, for one session.
SELECT
--: event_columns
    , e.version
FROM events AS e
WHERE e.project = {project:String} AND e.session_id = {session_id:String}
LIMIT {limit:UInt64};
