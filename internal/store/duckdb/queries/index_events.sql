SELECT project, received_ms, session_id, trace_id, recording_status <> '', conversation_id FROM events WHERE rowid >= $from_row AND rowid < $to_row;
