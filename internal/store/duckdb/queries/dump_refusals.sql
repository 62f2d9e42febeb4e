--: refusal_sums
WHERE (r.reason, r.event, r.library) > ($reason, $event, $library) OR $first
GROUP BY r.reason, r.event, r.library
ORDER BY r.reason, r.event, r.library
LIMIT $limit;
