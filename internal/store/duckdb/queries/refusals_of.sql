--: refusal_sums
WHERE r.event IN (SELECT unnest($events::VARCHAR[]))
GROUP BY r.project, r.reason, r.event, r.library;
