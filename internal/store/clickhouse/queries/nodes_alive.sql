SELECT n.id, n.name, n.release, n.started_ms, n.seen_ms, n.clock_ms, n.clock_error_ms, mapKeys(n.settings), mapValues(n.settings)
FROM nodes AS n FINAL
WHERE n.seen_ms > toUnixTimestamp64Milli(now64(3)) - {within_ms:Int64} OR n.id = {id:String}
ORDER BY n.id;
