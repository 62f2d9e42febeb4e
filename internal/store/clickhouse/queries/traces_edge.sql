-- A time down to which about {rows} of the newest events go, and how many there are. Any time would do: what is asked with it is
-- right for every edge. So this is one that the order of the table gives without looking at more than these rows.
SELECT min(sort_ms), count() FROM (
    SELECT sort_ms FROM events
    WHERE trace_id <> '' AND ({before_ms:Int64} = 0 OR sort_ms <= {before_ms:Int64})
    ORDER BY sort_ms DESC LIMIT {rows:UInt64}
);
