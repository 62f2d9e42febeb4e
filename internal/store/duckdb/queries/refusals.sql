SELECT reason, event, library, arg_max(detail, (r.last_ms, detail)), sum(count)::BIGINT, min(r.first_ms), max(r.last_ms) AS latest_ms
FROM refusals r
WHERE r.project = $project
GROUP BY reason, event, library
ORDER BY latest_ms DESC, reason, event, library
LIMIT $limit;
