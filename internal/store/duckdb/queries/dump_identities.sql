SELECT uuid, time_ms, id, other_id, name, email FROM identities WHERE rowid >= $from_row AND rowid < $to_row ORDER BY rowid;
