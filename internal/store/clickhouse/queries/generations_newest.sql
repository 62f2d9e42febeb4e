-- The generations and embeddings that match and come before the cursor, down to the edge. Searching text costs a
-- thousand times as much as the rest.
SELECT
--: event_columns
FROM events AS e FINAL
WHERE e.kind IN (1, 2) AND e.time_ms >= {edge_ms:Int64}
    AND ({before_ms:Int64} = 0 OR e.time_ms < {before_ms:Int64} OR UUIDToNum(e.uuid) < UUIDToNum({before_uuid:UUID}))
--: generation_filter
    AND ({text:String} = ''
--: event_text
    )
ORDER BY e.time_ms DESC, UUIDToNum(e.uuid) DESC
LIMIT {limit:UInt64};
