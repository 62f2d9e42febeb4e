--: refusal_sums
WHERE (r.reason, r.event, r.library) IN arrayZip({reasons:Array(String)}, {events:Array(String)}, {libraries:Array(String)})
GROUP BY r.reason, r.event, r.library;
