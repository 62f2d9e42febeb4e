-- Like traces_edge, for generations and embeddings.
SELECT min(sort_ms), count() FROM (
    SELECT sort_ms FROM events
    WHERE project = {project:String} AND kind IN (1, 2) AND ({before_ms:Int64} = 0 OR sort_ms <= {before_ms:Int64})
    ORDER BY sort_ms DESC LIMIT {rows:UInt64}
);
