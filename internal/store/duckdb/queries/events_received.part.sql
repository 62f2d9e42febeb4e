        -- Of the project asked for, and of the time that the index says of the ids asked for: row groups of other times are skipped.
        e.project = $project AND e.received_ms >= $received_from AND e.received_ms <= $received_to
