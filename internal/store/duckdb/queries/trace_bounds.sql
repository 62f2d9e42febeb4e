-- When the events of these traces are, so that the wide read that follows skips the rest.
SELECT coalesce(min(time_ms), 0), coalesce(max(time_ms), 0) FROM events WHERE trace_id IN (SELECT unnest($trace_ids::VARCHAR[]));
