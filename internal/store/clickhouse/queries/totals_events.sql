-- Times are the server's own, because clients' clocks err. No rows: 0.
SELECT toInt64(count()), toInt64(countIf(kind IN (1, 2))), min(received_ms), minIf(received_ms, kind <> 0) FROM events FINAL
WHERE project = {project:String};
