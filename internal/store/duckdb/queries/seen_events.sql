SELECT project, uuid FROM events WHERE rowid >= $from_row AND rowid < $to_row;
