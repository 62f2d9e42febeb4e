SELECT project, received_ms, trace_id, session_id FROM events WHERE rowid >= $from_row AND rowid < $to_row;
