SELECT project, uuid FROM blocks WHERE rowid >= $from_row AND rowid < $to_row;
