        -- Rows of the project, in the range of time that the index has for the ids: row groups of other times are skipped.
        e.project = $project AND e.received_ms >= $received_from AND e.received_ms <= $received_to
