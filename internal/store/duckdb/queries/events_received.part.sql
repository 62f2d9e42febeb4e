        -- What the index says of the ids asked for: row groups of other times are skipped.
        e.received_ms >= $received_from AND e.received_ms <= $received_to
