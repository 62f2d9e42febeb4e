--: refusal_sums
WHERE {first:UInt8} OR (r.project, r.reason, r.event, r.library) > ({project:String}, {reason:String}, {event:String}, {library:String})
GROUP BY r.project, r.reason, r.event, r.library
ORDER BY r.project, r.reason, r.event, r.library
LIMIT {limit:UInt64};
