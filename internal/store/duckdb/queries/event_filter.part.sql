        -- store.Filter of one event e, joined with hits h
        e.project = $project
        AND ($from_ms = 0 OR e.time_ms >= $from_ms)
        AND ($to_ms = 0 OR e.time_ms < $to_ms)
        AND ($trace_id = '' OR e.trace_id = $trace_id)
        AND ($session_id = '' OR e.session_id = $session_id)
        AND (len($distinct_ids::VARCHAR[]) = 0 OR list_contains($distinct_ids::VARCHAR[], e.distinct_id))
        AND (NOT $errors_only OR e.is_error)
        AND ($text = '' OR h.uuid IS NOT NULL
--: event_text
        )
