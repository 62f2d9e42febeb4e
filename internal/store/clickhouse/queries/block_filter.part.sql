        -- store.Filter of one block b
        b.project = {project:String}
        AND ({from_ms:Int64} = 0 OR b.last_ms >= {from_ms:Int64})
        AND ({to_ms:Int64} = 0 OR b.first_ms < {to_ms:Int64})
        AND {trace_id:String} = ''
        AND ({session_id:String} = '' OR b.session_id = {session_id:String})
        AND (empty({distinct_ids:Array(String)}) OR b.distinct_id IN {distinct_ids:Array(String)})
        AND {errors_only:UInt8} = 0
        AND ({text:String} = ''
            OR position(lowerUTF8(b.session_id), lowerUTF8({text:String})) > 0
            OR position(lowerUTF8(b.distinct_id), lowerUTF8({text:String})) > 0
            OR position(lowerUTF8(b.url), lowerUTF8({text:String})) > 0)
