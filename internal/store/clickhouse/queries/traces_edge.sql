-- The time of about the {rows}th newest LLM event, and how many events there are. It need not be exact: the queries that use it
-- are right for every edge. So it is found in the table's order, without reading more than these rows, from the column that is
-- cheapest to read.
SELECT min(sort_ms), count() FROM (
    SELECT sort_ms FROM events
    WHERE project = {project:String} AND kind <> 0 AND ({before_ms:Int64} = 0 OR sort_ms <= {before_ms:Int64})
    ORDER BY sort_ms DESC LIMIT {rows:UInt64}
);
