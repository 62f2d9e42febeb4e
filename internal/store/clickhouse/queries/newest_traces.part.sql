        SELECT trace_id FROM events
        WHERE project = {project:String} AND trace_id <> '' AND time_ms >= {edge_ms:Int64} AND ({before_ms:Int64} = 0 OR time_ms <= {before_ms:Int64})
