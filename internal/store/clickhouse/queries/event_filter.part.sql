        -- store.Filter of one event e
        e.project = {project:String}
        AND ({from_ms:Int64} = 0 OR e.time_ms >= {from_ms:Int64})
        AND ({to_ms:Int64} = 0 OR e.time_ms < {to_ms:Int64})
        AND ({trace_id:String} = '' OR e.trace_id = {trace_id:String})
        AND ({session_id:String} = '' OR e.session_id = {session_id:String})
        AND (empty({distinct_ids:Array(String)}) OR e.distinct_id IN {distinct_ids:Array(String)})
        AND ({errors_only:UInt8} = 0 OR e.is_error)
        AND ({text:String} = ''
--: event_text
        )
