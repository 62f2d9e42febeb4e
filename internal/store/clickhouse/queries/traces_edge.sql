-- The time down to which the newest {rows} events go, and how many there are. A copy of a row counts as one more, which
-- only brings the edge nearer.
SELECT min(time_ms), count() FROM (
    SELECT time_ms FROM events
    WHERE trace_id <> '' AND ({before_ms:Int64} = 0 OR time_ms <= {before_ms:Int64})
    ORDER BY time_ms DESC LIMIT {rows:UInt64}
);
