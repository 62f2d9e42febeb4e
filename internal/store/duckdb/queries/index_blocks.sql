SELECT project, received_ms, session_id FROM blocks WHERE rowid >= $from_row AND rowid < $to_row;
