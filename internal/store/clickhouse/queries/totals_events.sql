-- Times are the server's own, because clients' clocks may be wrong. 0 if there are no rows.
SELECT toInt64(count()), toInt64(countIf(kind IN (1, 2))), min(received_ms), minIf(received_ms, kind <> 0) FROM events FINAL
WHERE project = {project:String};
