        SELECT session_id FROM events
        WHERE project = {project:String} AND session_id <> '' AND time_ms >= {edge_ms:Int64} AND ({before_ms:Int64} = 0 OR time_ms <= {before_ms:Int64})
        UNION DISTINCT
        SELECT session_id FROM blocks
        WHERE project = {project:String} AND session_id <> '' AND last_ms >= {edge_ms:Int64} AND ({before_ms:Int64} = 0 OR last_ms <= {before_ms:Int64})
