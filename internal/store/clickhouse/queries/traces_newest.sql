-- The newest traces that match and come before the cursor, looking only at traces that have an event after the edge.
-- Without a filter nothing before the edge can change what is found, and {rows_from_ms} is the edge.
SELECT e.trace_id AS id, max(e.time_ms) AS last_ms
FROM events AS e FINAL
WHERE e.time_ms >= {rows_from_ms:Int64} AND e.trace_id GLOBAL IN (
--: newest_traces
    )
GROUP BY e.trace_id
HAVING countIf(
--: event_filter
    ) > 0 AND
--: before
ORDER BY last_ms DESC, id DESC
LIMIT {limit:UInt64};
