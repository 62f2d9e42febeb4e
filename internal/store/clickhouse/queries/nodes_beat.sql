INSERT INTO nodes (id, version, name, release, started_ms, seen_ms, clock_ms, clock_error_ms, settings)
SELECT {id:String}, toUInt64(at_ms), {name:String}, {release:String}, {started_ms:Int64}, at_ms, {clock_ms:Int64}, {clock_error_ms:Int64},
    mapFromArrays({settings:Array(String)}, {prints:Array(String)})
FROM (SELECT toUnixTimestamp64Milli(now64(3)) AS at_ms);
