-- A time down to which about {rows} of the newest LLM events go, and how many there are. Any time would do: what is asked
-- with it is right for every edge. So this is one that the order of the table gives without looking at more than these
-- rows, and by the column that costs least to look at.
SELECT min(sort_ms), count() FROM (
    SELECT sort_ms FROM events
    WHERE project = {project:String} AND kind <> 0 AND ({before_ms:Int64} = 0 OR sort_ms <= {before_ms:Int64})
    ORDER BY sort_ms DESC LIMIT {rows:UInt64}
);
