        -- Bounds first: they skip whole row groups, of which none is searched.
        $text <> ''
        AND c.project = $project
        AND c.time_ms >= $text_from_ms
        AND ($before_ms = 0 OR c.time_ms <= $before_ms)
        AND ($from_ms = 0 OR c.time_ms >= $from_ms)
        AND ($to_ms = 0 OR c.time_ms < $to_ms)
        AND (contains(lower(c.input), lower($json_text)) OR contains(lower(c.output), lower($json_text)))
