--: refusal_sums
WHERE (r.project, r.reason, r.event, r.library) > ($project, $reason, $event, $library) OR $first
GROUP BY r.project, r.reason, r.event, r.library
ORDER BY r.project, r.reason, r.event, r.library
LIMIT $limit;
