SELECT uuid, session_id, window_id, distinct_id, received_ms, first_ms, last_ms, place_key, place_offset, place_length, raw_bytes,
    events, clicks, keys, first_input_ms, last_input_ms, console_errors, snapshot_ms, snapshot_line, url
FROM blocks
WHERE session_id = $session_id AND window_id = $window_id
ORDER BY first_ms, uuid;
