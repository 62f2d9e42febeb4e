SELECT r.reason, r.event, r.library, argMax(r.detail, (r.last_ms, r.detail)), sum(r.count), min(r.first_ms), max(r.last_ms) AS latest_ms
FROM refusals AS r
WHERE r.project = {project:String}
GROUP BY r.reason, r.event, r.library
ORDER BY latest_ms DESC, r.reason, r.event, r.library
LIMIT {limit:UInt64};
