SELECT project, received_ms, session_id, trace_id, recording_status <> '' FROM events WHERE rowid >= $from_row AND rowid < $to_row;
