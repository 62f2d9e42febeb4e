SELECT r.project, r.reason, r.event, r.library, argMax(r.detail, (r.last_ms, r.detail)), sum(r.bytes), sum(r.count), min(r.first_ms), max(r.last_ms)
FROM refusals AS r
