    SELECT e.uuid, e.time_ms, 0::BIGINT AS rows FROM events e
    WHERE
--: events_received
        AND e.kind IN (1, 2)
        AND ($before_ms = 0 OR e.time_ms <= $before_ms)
        AND ($before_ms = 0 OR e.time_ms < $before_ms OR e.uuid < $before_id::UUID)
        AND ($from_ms = 0 OR e.time_ms >= $from_ms)
        AND ($to_ms = 0 OR e.time_ms < $to_ms)
        AND ($trace_id = '' OR e.trace_id = $trace_id)
        AND ($session_id = '' OR e.session_id = $session_id)
        AND (len($distinct_ids::VARCHAR[]) = 0 OR list_contains($distinct_ids::VARCHAR[], e.distinct_id))
        AND (NOT $errors_only OR e.is_error)
    ORDER BY e.time_ms DESC, e.uuid DESC
    LIMIT $rows
