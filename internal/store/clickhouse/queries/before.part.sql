        ({before_ms:Int64} = 0 OR last_ms < {before_ms:Int64} OR (last_ms = {before_ms:Int64} AND id < {before_id:String}))
