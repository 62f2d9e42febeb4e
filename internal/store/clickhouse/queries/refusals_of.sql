--: refusal_sums
WHERE (r.project, r.reason, r.event, r.library)
    IN arrayZip({projects:Array(String)}, {reasons:Array(String)}, {events:Array(String)}, {libraries:Array(String)})
GROUP BY r.project, r.reason, r.event, r.library;
