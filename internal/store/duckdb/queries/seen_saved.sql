SELECT project, uuid, kind, id::VARCHAR FROM saved WHERE rowid >= $from_row AND rowid < $to_row;
