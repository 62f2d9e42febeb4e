--: refusal_sums
WHERE {first:UInt8} OR (r.reason, r.event, r.library) > ({reason:String}, {event:String}, {library:String})
GROUP BY r.reason, r.event, r.library
ORDER BY r.reason, r.event, r.library
LIMIT {limit:UInt64};
