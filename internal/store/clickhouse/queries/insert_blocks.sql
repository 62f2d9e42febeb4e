INSERT INTO blocks (uuid, version, session_id, window_id, distinct_id, received_ms, first_ms, last_ms, place_key, place_offset,
    place_length, raw_bytes, events, clicks, keys, first_input_ms, last_input_ms, console_errors, snapshot_ms, snapshot_line, url)
