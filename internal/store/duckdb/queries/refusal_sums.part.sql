SELECT r.project, r.reason, r.event, r.library, arg_max(r.detail, (r.last_ms, r.detail)), sum(r.bytes)::BIGINT, sum(r.count)::BIGINT,
    min(r.first_ms), max(r.last_ms)
FROM refusals r
