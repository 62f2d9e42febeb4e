SELECT coalesce(max(received_ms) FILTER (rules = $rules), 0), coalesce(min(rules), $rules)::BIGINT FROM links;
