DELETE FROM events WHERE rowid IN (SELECT rowid FROM events WHERE time_ms < $before_ms LIMIT $rows);
