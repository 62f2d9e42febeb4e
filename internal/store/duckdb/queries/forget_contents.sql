DELETE FROM contents WHERE rowid IN (SELECT rowid FROM contents WHERE time_ms < $before_ms LIMIT $rows);
