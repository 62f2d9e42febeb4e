    b.uuid, b.session_id, b.window_id, b.distinct_id, b.received_ms, b.first_ms, b.last_ms, b.place_key, b.place_offset,
    b.place_length, b.raw_bytes, b.events, b.clicks, b.keys, b.first_input_ms, b.last_input_ms, b.console_errors, b.snapshot_ms,
    b.snapshot_line, b.url
