-- The events of traces with few events, in no order, with every copy. Without sorting, subqueries and columns at two levels,
-- this takes half the time, because these cost as much as planning.
SELECT
--: event_columns
    , e.version
FROM events AS e
WHERE e.project = {project:String} AND e.trace_id IN {trace_ids:Array(String)}
LIMIT {limit:UInt64} BY e.trace_id;
