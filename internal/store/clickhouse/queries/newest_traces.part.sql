        SELECT trace_id FROM events
        WHERE trace_id <> '' AND time_ms >= {edge_ms:Int64} AND ({before_ms:Int64} = 0 OR time_ms <= {before_ms:Int64})
