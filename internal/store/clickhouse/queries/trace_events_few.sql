-- The events of traces that have few, in no order, and every copy of them. As much as planning costs what is not in here:
-- sorting, subqueries, all columns twice.
SELECT
--: event_columns
    , e.version
FROM events AS e
WHERE e.project = {project:String} AND e.trace_id IN {trace_ids:Array(String)}
LIMIT {limit:UInt64} BY e.trace_id;
