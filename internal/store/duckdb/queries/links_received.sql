SELECT coalesce(max(received_ms), 0) FROM links WHERE rules = $rules;
