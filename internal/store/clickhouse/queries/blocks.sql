SELECT b.uuid, b.session_id, b.window_id, b.distinct_id, b.received_ms, b.first_ms, b.last_ms, b.place_key, b.place_offset,
    b.place_length, b.raw_bytes, b.events, b.clicks, b.keys, b.first_input_ms, b.last_input_ms, b.console_errors, b.snapshot_ms,
    b.snapshot_line, b.url
FROM blocks AS b FINAL
WHERE b.session_id = {session_id:String} AND b.window_id = {window_id:String}
ORDER BY b.first_ms, UUIDToNum(b.uuid);
