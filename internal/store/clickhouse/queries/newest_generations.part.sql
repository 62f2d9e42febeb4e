    SELECT e.sort_ms FROM events AS e
    WHERE e.kind IN (1, 2)
--: generation_filter
    ORDER BY e.sort_ms DESC
    LIMIT {rows:UInt64}
