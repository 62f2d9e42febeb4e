        -- store.Filter of one block b
        b.project = $project
        AND ($from_ms = 0 OR b.last_ms >= $from_ms)
        AND ($to_ms = 0 OR b.first_ms < $to_ms)
        AND $trace_id = ''
        AND ($session_id = '' OR b.session_id = $session_id)
        AND (len($distinct_ids::VARCHAR[]) = 0 OR list_contains($distinct_ids::VARCHAR[], b.distinct_id))
        AND NOT $errors_only
        AND ($text = '' OR contains(lower(b.session_id), lower($text)) OR contains(lower(b.distinct_id), lower($text))
            OR contains(lower(b.url), lower($text)))
