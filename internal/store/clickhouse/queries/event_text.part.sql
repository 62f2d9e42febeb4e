            OR position(lowerUTF8(e.name), lowerUTF8({text:String})) > 0
            OR position(lowerUTF8(e.distinct_id), lowerUTF8({text:String})) > 0
            OR position(lowerUTF8(e.session_id), lowerUTF8({text:String})) > 0
            OR position(lowerUTF8(e.trace_id), lowerUTF8({text:String})) > 0
            OR position(lowerUTF8(e.span_id), lowerUTF8({text:String})) > 0
            OR position(lowerUTF8(e.conversation_id), lowerUTF8({text:String})) > 0
            OR position(lowerUTF8(e.title), lowerUTF8({text:String})) > 0
            OR position(lowerUTF8(e.model), lowerUTF8({text:String})) > 0
            OR position(lowerUTF8(e.error), lowerUTF8({text:String})) > 0
            OR position(lowerUTF8(e.url), lowerUTF8({text:String})) > 0
            OR position(lowerUTF8(e.metric_value), lowerUTF8({text:String})) > 0
            OR position(toString(e.uuid), lowerUTF8({text:String})) > 0
            -- An event and its content lie on the same shard, so each shard searches its own.
            OR e.uuid IN (
                SELECT c.uuid FROM contents AS c
                WHERE {text:String} <> ''
                    AND c.project = {project:String}
                    AND c.time_ms >= {text_from_ms:Int64}
                    AND ({before_ms:Int64} = 0 OR c.time_ms <= {before_ms:Int64})
                    AND ({from_ms:Int64} = 0 OR c.time_ms >= {from_ms:Int64})
                    AND ({to_ms:Int64} = 0 OR c.time_ms < {to_ms:Int64})
                    AND (lowerUTF8(c.input) LIKE lowerUTF8({json_pattern:String}) OR lowerUTF8(c.output) LIKE lowerUTF8({json_pattern:String}))
            )
