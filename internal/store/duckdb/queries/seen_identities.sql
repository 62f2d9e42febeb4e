SELECT project, uuid, id, other_id FROM identities WHERE rowid >= $from_row AND rowid < $to_row;
